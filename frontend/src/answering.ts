/** One answer, as it comes. */

import type { Answer, Api } from "./api";
import type { Text } from "./text";

export class Answering {
  text = "";
  done: Answer | null = null;
  error: unknown = null;
  private readonly stopping = new AbortController();

  constructor(
    api: Api,
    readonly words: string,
    conversation: string | undefined,
    private readonly changed: () => void,
  ) {
    void this.run(api, conversation);
  }

  get busy(): boolean {
    return this.done === null && this.error === null;
  }

  stop(): void {
    if (this.busy) this.stopping.abort();
  }

  /** Who answered and how fast, or why nobody did. */
  footnote(text: Text): string {
    if (this.stopping.signal.aborted) return text.say("stopped");
    if (this.error) return text.say("not_answered", { why: text.refusal(this.error) });
    if (!this.done) return "";
    const { answered_by, milliseconds, first_milliseconds } = this.done;
    if (!answered_by || milliseconds === undefined) return text.say("not_answered", { why: "" });
    const time = text.duration(milliseconds);
    if (answered_by !== "model") return text.say(`by_${answered_by}`, { time });
    return text.say("by_model", { time, first: text.duration(first_milliseconds ?? milliseconds) });
  }

  private async run(api: Api, conversation: string | undefined): Promise<void> {
    const heard = (piece: string) => {
      this.text += piece;
      this.changed();
    };
    try {
      this.done = await api.ask(this.words, conversation, heard, this.stopping.signal);
      this.text = this.done.text || this.text;
    } catch (error) {
      this.error = error;
    }
    this.changed();
  }
}
