import { html, LitElement, nothing } from "lit";
import { property } from "lit/decorators.js";
import type { Answering } from "../answering";
import type { Api, Change } from "../api";
import { askedFor } from "../changes";
import { navigate } from "../ha";
import type { Text } from "../text";

/** What every view is given: words, commands, whether the person administers, what scrolls, the changes and the time. */
export class View extends LitElement {
  @property({ attribute: false }) text!: Text;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) scroller: HTMLElement | null = null;
  @property({ attribute: false }) changes: ReadonlyMap<string, Change> = new Map();
  @property({ type: Boolean }) admin = false;
  @property({ type: Number }) now = Date.now();

  /** The way to the change that an answer proposed. */
  protected proposed(answer: Answering) {
    const change = answer.busy ? undefined : askedFor(this.changes, answer.words);
    if (!change) return nothing;
    return html`<button class="filled" @click=${() => navigate(`/homelab/changes/${change.id}`)}>
      ${this.text.say("show_change")}
    </button>`;
  }
}
