import { expect, test } from "vitest";
import type { Change } from "../src/api";
import { askedFor, isUndoable, ordered, reached, safeUrl, tone } from "../src/changes";

const change = (fields: Partial<Change>) =>
  ({
    state: "awaiting",
    settled: false,
    expires: "2026-11-22T20:00:00Z",
    updated: "2026-11-22T19:00:00Z",
    ...fields,
  }) as Change;

test("what waits comes first, the soonest to expire on top; then the latest news", () => {
  const order = ordered([
    change({ id: "old", state: "healthy", updated: "2026-11-20T19:00:00Z" }),
    change({ id: "later", expires: "2026-11-22T21:00:00Z" }),
    change({ id: "new", state: "open", updated: "2026-11-22T19:00:00Z" }),
    change({ id: "soon" }),
  ]);
  expect(order.map((each) => each.id)).toEqual(["soon", "later", "new", "old"]);
});

test("a change comes further along its way, or leaves it", () => {
  expect(["awaiting", "open", "merged", "healthy", "rejected"].map((state) => reached(change({ state })))).toEqual([
    1, 3, 4, 6, 0,
  ]);
  expect(tone(change({ state: "degraded" }))).toBe("wrong");
  expect(tone(change({ state: "rejected", settled: true }))).toBe("over");
  expect(isUndoable(change({ state: "open" }))).toBe(false);
});

test("only a web address is a link", () => {
  expect(safeUrl("https://github.com/demo/homelab/pull/1")).not.toBeNull();
  for (const address of ["javascript:alert(1)", "data:text/html,x", "/homelab", "", null]) {
    expect(safeUrl(address)).toBeNull();
  }
});

test("an answer leads to the newest change that waits because of its words", () => {
  const words = "Scale sonarr to 2";
  const changes = [
    change({ id: "done", words, state: "open" }),
    change({ id: "first", words }),
    change({ id: "second", words }),
    change({ id: "other", words: "Restart sonarr" }),
  ];
  const known = new Map(changes.map((each) => [each.id, each]));
  expect(askedFor(known, words)?.id).toBe("second");
  expect(askedFor(known, "Tell me a story")).toBeUndefined();
});
