import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Api, Feed, applied } from "../src/api";
import type { Connection, Hass } from "../src/ha";

/** A connection whose subscriptions the test answers. */
class Line implements Connection {
  sent: { message: { type: string }; event: (event: unknown) => void }[] = [];
  fails = 0;
  private listeners = new Map<string, () => void>();

  async subscribeMessage<T>(callback: (event: T) => void, message: { type: string }) {
    if (this.fails-- > 0) throw new Error("not yet");
    this.sent.push({ message, event: callback as (event: unknown) => void });
    return async () => undefined;
  }
  addEventListener(event: string, listener: () => void) {
    this.listeners.set(event, listener);
  }
  removeEventListener(event: string) {
    this.listeners.delete(event);
  }
  happen(event: string) {
    this.listeners.get(event)?.();
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("news changes what is known; everything replaces it", () => {
  const known = new Map([
    ["a", 1],
    ["b", 2],
  ]);
  expect([...applied(known, { all: false, changed: { c: 3 }, gone: ["a"] })]).toEqual([
    ["b", 2],
    ["c", 3],
  ]);
  expect([...applied(known, { all: true, changed: { c: 3 }, gone: [] })]).toEqual([["c", 3]]);
});

test("a feed is begun anew when the connection is back, however long the integration takes to start", async () => {
  const line = new Line();
  const feed = new Feed("findings", () => undefined);
  feed.open(line);
  await vi.waitFor(() => expect(line.sent).toHaveLength(1));
  line.fails = 3;
  line.happen("ready");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(line.sent).toHaveLength(2);
});

test("an answer comes in pieces, and a lost connection ends the wait for it", async () => {
  const line = new Line();
  const api = new Api(() => ({ connection: line, language: "en" }) as unknown as Hass);
  const heard: string[] = [];
  const asked = api.ask("How is the GPU?", undefined, (piece) => heard.push(piece), new AbortController().signal);
  line.sent[0]?.event({ delta: "Cool" });
  line.sent[0]?.event({ text: "Cool.", failed: false });
  expect(await asked).toMatchObject({ text: "Cool." });
  expect(heard).toEqual(["Cool"]);
  const lost = api.ask("And now?", undefined, () => undefined, new AbortController().signal);
  line.happen("disconnected");
  await expect(lost).rejects.toThrow();
});

test("an answer that is stopped before it began is stopped all the same", async () => {
  const api = new Api(() => ({ connection: new Line(), language: "en" }) as unknown as Hass);
  const stopping = new AbortController();
  const asked = api.ask("Tell me a story", undefined, () => undefined, stopping.signal);
  stopping.abort();
  await expect(asked).rejects.toThrow();
});
