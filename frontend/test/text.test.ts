import { expect, test } from "vitest";
import de from "../src/strings/de.json";
import en from "../src/strings/en.json";
import { Text } from "../src/text";

const english = new Text("en", "UTC", () => "");
const german = new Text("de", "UTC", () => "");
const names = (text: string) => (text.match(/{\w+}/g) ?? []).sort();

test("German says everything that English says, with the same values", () => {
  expect(Object.keys(de)).toEqual(Object.keys(en));
  for (const [key, text] of Object.entries(en)) expect(names(de[key as keyof typeof de]), key).toEqual(names(text));
});

test("a language that we do not speak gets English words", () => {
  expect(new Text("fr", "UTC", () => "").say("approve")).toBe("Approve");
});

test("numbers take the form of the language", () => {
  expect(english.count("findings", 1)).toBe("1 finding");
  expect(english.count("findings", 1200)).toBe("1,200 findings");
  expect(german.count("findings", 1200)).toBe("1.200 Befunde");
});

test("times are told as people tell them", () => {
  const now = Date.parse("2026-11-22T19:00:00Z");
  expect(english.ago("2026-11-22T18:59:40Z", now)).toBe("just now");
  expect(english.ago("2026-11-22T17:30:00Z", now)).toBe("1 hour ago");
  expect(german.ago("2026-11-21T18:00:00Z", now)).toBe("gestern");
});

test("a duration is in the units that everybody reads", () => {
  expect(english.duration(340.4)).toBe("340\u00a0ms");
  expect(german.duration(2100)).toBe("2,1\u00a0s");
});

test("a word of the wire that is new is shown as it came", () => {
  expect(english.name("state", "half_done")).toBe("half done");
});

test("an error is told in Home Assistant's words where it knows them, else in its own", () => {
  const error = { key: "input_invalid", message: "It cannot be.", placeholders: { message: "It cannot be." } };
  expect(english.trouble(error)).toBe("It cannot be.");
  const known = new Text("de", "UTC", (key) => (key.includes("input_invalid") ? "So geht es nicht." : ""));
  expect(known.trouble(error)).toBe("So geht es nicht.");
  const refused = { key: "connection_failed", message: "Ollama does not answer: refused.", placeholders: {} };
  expect(english.trouble(refused)).toBe("Ollama does not answer: refused.");
  expect(known.trouble(refused)).toBe("Keine Verbindung. Genauer: Ollama does not answer: refused.");
  expect(english.refusal({ code: "unauthorized", message: "Unauthorized" })).toBe(en.only_admins);
});

test("a refusal that was told in the person's language is shown as it is", () => {
  const refused = { message: "No.", translation_key: "conflict", translation_placeholders: { message: "Nein." } };
  expect(german.refusal(refused)).toBe("Nein.");
});

test("an answer that never came is told, whatever the connection says of it", () => {
  for (const broken of [3, {}, new Error(), { type: "result", success: false, error: { code: 3 } }])
    expect(german.refusal(broken)).toMatch(/abgerissen/);
});
