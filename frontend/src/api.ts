/** The integration's WebSocket commands and what they send. Times are ISO 8601 in UTC. */

import type { Connection, Hass, Unsubscribe } from "./ha";

const DOMAIN = "homelab_assistant";

export interface Trouble {
  key: string | null;
  message: string;
  placeholders: Record<string, string>;
}

interface Heard {
  at: string | null;
  since: string | null;
  error: Trouble | null;
}

interface Entry extends Heard {
  entry_id: string;
  title: string;
}

export interface Card {
  uuid: string;
  name: string;
  utilisation: number | null;
  memory_used: number | null;
  memory_total: number | null;
  temperature: number | null;
  power: number | null;
  fan: number | null;
}

export interface Moment {
  at: string;
  cards: Record<string, { utilisation: number | null; temperature: number | null }>;
}

export interface Gpu extends Heard {
  cards: Card[];
  history: Moment[];
}

export interface LoadedModel {
  name: string;
  size: number;
  size_vram: number;
  context_length: number | null;
  expires_at: string | null;
}

export interface Metrics {
  turns: number;
  failures: number;
  waiting: number;
  ttft: number | null;
  ttft_p50: number | null;
  ttft_p95: number | null;
  tokens_per_second: number | null;
}

export interface HubEntry extends Entry {
  kind: "hub";
  version?: string | null;
  installed?: number;
  loaded?: LoadedModel[];
  metrics?: Metrics;
  warnings?: { kind: string; model: string; expected: number; actual: number }[];
  gpu?: Gpu | null;
}

export interface Tally<T = { name: string }> {
  total: number;
  well: number;
  unwell: T[];
}

export interface ClusterEntry extends Entry {
  kind: "cluster";
  version?: string | null;
  findings?: number;
  silenced?: number;
  nodes?: Tally;
  workloads?: Tally<{ name: string; wanted: number; ready: number }>;
  applications?: Tally<{ name: string; sync: string; health: string }> | null;
  k8sgpt?: { installed: boolean; quiet_since: string | null };
  denied?: Trouble[];
}

export interface RepositoryEntry extends Entry {
  kind: "repository";
  repository?: string;
}

export type Service = HubEntry | ClusterEntry | RepositoryEntry;

export type Severity = "critical" | "warning" | "info";

export interface Finding {
  id: string;
  cluster: string;
  kind: string;
  namespace: string | null;
  name: string;
  owner: { kind: string; name: string } | null;
  category: string;
  severity: Severity;
  errors: string[];
  explanation: string;
  sources: string[];
  first_seen: string;
  times_seen: number;
  state: "new" | "open" | "snoozed" | "dismissed" | "muted" | "cleared";
  until: string | null;
}

export interface Change {
  id: string;
  hash: string;
  code: string;
  state: string;
  step: string;
  settled: boolean;
  operation: string;
  target: { kind: string; namespace: string; name: string; path: string; field: string; before: string; after: string };
  repository: string;
  words: string;
  model: string | null;
  risk: "low" | "medium" | "high";
  reasons: string[];
  checks: string[];
  notes: string[];
  requested_by: string | null;
  decided_by: string | null;
  created: string;
  updated: string;
  expires: string;
  pull_request: string | null;
  failure: string | null;
  reverts: string | null;
}

export interface Details {
  diff: string;
  history: { step: string; at: string; by: string | null; detail: string | null }[];
}

export interface Answer {
  text: string;
  failed: boolean;
  answered_by?: "sentence" | "model" | "nobody";
  conversation_id?: string;
  milliseconds?: number;
  first_milliseconds?: number;
}

interface News<T> {
  all: boolean;
  changed: Record<string, T>;
  gone: string[];
}

/** The items of a feed after some news: a new map where something changed, so that views can compare by identity. */
export function applied<T>(known: ReadonlyMap<string, T>, news: News<T>): ReadonlyMap<string, T> {
  const items = new Map(news.all ? [] : known);
  for (const key of news.gone) items.delete(key);
  for (const [key, item] of Object.entries(news.changed)) items.set(key, item);
  return items;
}

const FIRST_RETRY = 1000; // milliseconds
const LAST_RETRY = 30_000;

/** One of the three feeds. After the connection was lost it begins anew, however long Home Assistant takes to start. */
export class Feed<T> {
  items: ReadonlyMap<string, T> | null = null;
  private connection: Connection | null = null;
  private unsubscribe: Unsubscribe | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private patience = FIRST_RETRY;

  constructor(
    private readonly name: "overview" | "findings" | "changes",
    private readonly changed: () => void,
    private readonly told: () => { language: string } | null = () => null,
  ) {}

  open(connection: Connection): void {
    if (this.connection) return;
    this.connection = connection;
    connection.addEventListener("ready", this.subscribe);
    void this.subscribe();
  }

  close(): void {
    clearTimeout(this.retry);
    this.connection?.removeEventListener("ready", this.subscribe);
    this.connection = null;
    void this.unsubscribe?.().catch(() => undefined); // the connection may be gone already
    this.unsubscribe = null;
  }

  private subscribe = async (): Promise<void> => {
    const connection = this.connection;
    clearTimeout(this.retry);
    try {
      const unsubscribe = await connection?.subscribeMessage<News<T>>(
        (news) => {
          this.items = applied(this.items ?? new Map(), news);
          this.changed();
        },
        { type: `${DOMAIN}/${this.name}/subscribe`, ...this.told() },
        { resubscribe: false },
      );
      this.patience = FIRST_RETRY;
      if (this.connection) this.unsubscribe = unsubscribe ?? null;
      else void unsubscribe?.();
    } catch {
      this.retry = setTimeout(this.subscribe, this.patience);
      this.patience = Math.min(2 * this.patience, LAST_RETRY);
    }
  };
}

/** The commands. */
export class Api {
  constructor(private readonly hass: () => Hass) {}

  details = (change: string) => this.call<Details>("changes/show", { change, language: this.hass().language });
  approve = (hash: string) => this.decide("approve", { hash });
  reject = (hash: string) => this.decide("reject", { hash });
  revert = (hash: string, words: string) => this.decide("revert", { hash, words });
  snooze = (finding: string, hours: number) => this.call<void>("findings/snooze", { finding, hours });
  dismiss = (finding: string) => this.call<void>("findings/dismiss", { finding });
  wake = (finding: string) => this.call<void>("findings/wake", { finding });

  /** Say something; `heard` gets the pieces. Aborting stops the model. */
  ask(text: string, conversation: string | undefined, heard: (piece: string) => void, signal: AbortSignal) {
    const { connection, language } = this.hass();
    const message = { type: `${DOMAIN}/ask`, text, language, ...(conversation && { conversation_id: conversation }) };
    let lost = () => {};
    const answer = new Promise<Answer>((resolve, reject) => {
      lost = () => reject(new Error());
      connection.addEventListener("disconnected", lost);
      connection
        .subscribeMessage<{ delta: string } | Answer>(
          (event) => ("delta" in event ? heard(event.delta) : resolve(event)),
          message,
          { resubscribe: false },
        )
        .then((unsubscribe) => {
          const stop = () => {
            unsubscribe().catch(() => undefined); // the connection may be gone already
            reject(signal.reason);
          };
          if (signal.aborted) stop();
          else signal.addEventListener("abort", stop);
        }, reject);
    });
    return answer.finally(() => connection.removeEventListener("disconnected", lost));
  }

  /** A decision; why it is refused is told in the language of the person. */
  private decide(step: string, fields: object): Promise<Change> {
    return this.call<Change>(`changes/${step}`, { ...fields, language: this.hass().language });
  }

  private call<T>(command: string, fields: object): Promise<T> {
    return this.hass().callWS<T>({ type: `${DOMAIN}/${command}`, ...fields });
  }
}
