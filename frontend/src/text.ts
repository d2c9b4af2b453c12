/** Words, times and numbers in the language of the person. */

import type { Trouble } from "./api";
import type { Hass } from "./ha";
import de from "./strings/de.json";
import en from "./strings/en.json";

export type Key = keyof typeof en;

const TABLES: Record<string, Partial<Record<Key, string>>> = { en, de };
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];
const BYTES = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"];

export class Text {
  private readonly table: Partial<Record<Key, string>>;
  private readonly relative: Intl.RelativeTimeFormat;
  private readonly moment: Intl.DateTimeFormat;
  private readonly clock: Intl.DateTimeFormat;

  constructor(
    readonly language: string,
    zone: string | undefined,
    private readonly localize: Hass["localize"],
  ) {
    this.table = TABLES[language.split("-")[0] ?? ""] ?? en;
    this.relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    this.moment = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", timeZone: zone });
    this.clock = new Intl.DateTimeFormat(language, { timeStyle: "short", timeZone: zone });
  }

  /** `latest` gives Home Assistant's newest words: it loads ours while we are shown already. */
  static of({ locale, config }: Hass, latest: () => Hass): Text {
    const zone = locale.time_zone === "server" ? config.time_zone : undefined;
    return new Text(locale.language, zone, (key, values) => latest().localize(key, values));
  }

  /** The sentence of a key; of `{ one, other }` keys the form for `count`. */
  say(key: Key, values: Record<string, string | number> = {}): string {
    const text = this.table[key] ?? en[key];
    return text.replace(/{(\w+)}/g, (_, name: string) => String(values[name] ?? ""));
  }

  /** "3 findings": the form for a number of keys that end in `_one` and `_other`. */
  count<K extends string>(key: `${K}_other` extends Key ? K : never, count: number): string {
    const form = new Intl.PluralRules(this.language).select(count) === "one" ? "one" : "other";
    return this.say(`${key as string}_${form}` as Key, { count: this.number(count) });
  }

  /** What a word of the wire is called, or the word itself where we have no name for it. */
  name(room: string, word: string): string {
    const key = `${room}_${word}` as Key;
    return this.table[key] ?? en[key] ?? word.replaceAll("_", " ");
  }

  /** An error's sentence, translated by Home Assistant where it knows the key. */
  trouble(error: Trouble): string {
    const ours = this.table[`trouble_${error.key}` as Key];
    if (ours) return ours.replace("{message}", () => error.message);
    const key = `component.homelab_assistant.exceptions.${error.key}.message`;
    return (error.key && this.localize(key, error.placeholders)) || error.message;
  }

  /** Why a command was refused. */
  refusal(error: unknown): string {
    const refused = error as {
      message?: string;
      translation_key?: string;
      translation_placeholders?: { message?: string };
      code?: string;
    };
    if (refused.code === "unauthorized") return this.say("only_admins");
    if (!refused.message) return this.say("cut_off");
    const told = refused.translation_placeholders?.message;
    if (told && told !== refused.message) return told; // in the language of the person already
    return this.trouble({
      key: refused.translation_key ?? null,
      message: refused.message,
      placeholders: { ...refused.translation_placeholders },
    });
  }

  /** "5 minutes ago", "in 2 hours". */
  ago(iso: string, now = Date.now()): string {
    const seconds = (Date.parse(iso) - now) / 1000;
    for (const [unit, size] of UNITS) {
      if (Math.abs(seconds) >= size) return this.relative.format(Math.round(seconds / size), unit);
    }
    return this.say("now");
  }

  at(iso: string): string {
    return this.moment.format(new Date(iso));
  }

  time(iso: string): string {
    return this.clock.format(new Date(iso));
  }

  number(value: number, digits = 0): string {
    return new Intl.NumberFormat(this.language, { maximumFractionDigits: digits }).format(value);
  }

  percent(ratio: number): string {
    return new Intl.NumberFormat(this.language, { style: "percent", maximumFractionDigits: 0 }).format(ratio);
  }

  bytes(value: number): string {
    const power = Math.min(Math.floor(Math.log2(Math.max(value, 1)) / 10), BYTES.length - 1);
    const options = { style: "unit", unit: BYTES[power], unitDisplay: "short", maximumFractionDigits: 1 } as const;
    return new Intl.NumberFormat(this.language, options as Intl.NumberFormatOptions).format(value / 1024 ** power);
  }

  /** "340 ms", "2.1 s". */
  duration(milliseconds: number): string {
    return milliseconds < 1000
      ? `${this.number(milliseconds)}\u00a0ms`
      : `${this.number(milliseconds / 1000, 1)}\u00a0s`;
  }
}
