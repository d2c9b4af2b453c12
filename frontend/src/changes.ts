/** Changes: which wait, which go on, which are over, and how far they have come. */

import type { Change } from "./api";

/** What every change that goes well comes through, in this order. */
export const WAY = ["asked", "approved", "opened", "merged", "synced", "healthy"] as const;
export type Mark = (typeof WAY)[number];

const REACHED: Record<string, number> = {
  draft: 1,
  awaiting: 1,
  approved: 2,
  opening: 2,
  open: 3,
  merged: 4,
  synced: 5,
  healthy: 6,
  degraded: 5,
};
const UNDOABLE = new Set(["merged", "synced", "healthy", "degraded"]);
const WRONG = new Set(["degraded", "blocked", "failed"]);

/** How many marks of the way a change has reached; 0 for one that left it. */
export const reached = (change: Change) => REACHED[change.state] ?? 0;
export const isAwaiting = (change: Change) => change.state === "awaiting";
export const isUndoable = (change: Change) => UNDOABLE.has(change.state);

export type Tone = "waits" | "goes" | "well" | "wrong" | "over";

export function tone(change: Change): Tone {
  if (isAwaiting(change)) return "waits";
  if (WRONG.has(change.state)) return "wrong";
  if (change.state === "healthy") return "well";
  return change.settled || reached(change) === 0 ? "over" : "goes";
}

/** What waits for a yes first, soonest to expire; then the latest news first. */
export function ordered(changes: Iterable<Change>): Change[] {
  return [...changes].sort((a, b) => {
    const waiting = Number(isAwaiting(b)) - Number(isAwaiting(a));
    if (waiting) return waiting;
    return isAwaiting(a)
      ? Date.parse(a.expires) - Date.parse(b.expires)
      : Date.parse(b.updated) - Date.parse(a.updated);
  });
}

/** The change that waits because of these words. */
export function askedFor(changes: ReadonlyMap<string, Change>, words: string): Change | undefined {
  return [...changes.values()].findLast((each) => isAwaiting(each) && each.words === words);
}

/** The address of a pull request if a browser may go there. */
export function safeUrl(address: string | null): string | null {
  if (!address || !URL.canParse(address)) return null;
  return ["https:", "http:"].includes(new URL(address).protocol) ? address : null;
}
