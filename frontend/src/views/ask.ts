/** A conversation in writing: the same turn that voice takes, with its milliseconds and with who answered. */

import { mdiRobotOutline, mdiSend, mdiStop } from "@mdi/js";
import { css, html, nothing, type PropertyValues } from "lit";
import { customElement, property, query } from "lit/decorators.js";
import { Answering } from "../answering";
import { icon } from "../parts/icon";
import { shared } from "../styles";
import { View } from "./view";

const SUGGESTIONS = ["suggest_findings", "suggest_gpu", "suggest_pending", "suggest_models"] as const;

/** What was said so far; it outlives the view, which comes and goes with its tab. */
export class Conversation {
  readonly turns: Answering[] = [];
  id: string | undefined;
  changed: () => void = () => undefined;
}

@customElement("homelab-ask")
export class Ask extends View {
  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 100%;
        gap: 16px;
      }
      .turns {
        flex: 1;
        display: grid;
        align-content: start;
        gap: 8px;
      }
      .said,
      .answer {
        max-width: min(640px, 88%);
        padding: 10px 16px;
        border-radius: 18px;
        line-height: 1.5;
        white-space: pre-wrap;
      }
      .said {
        justify-self: end;
        background: color-mix(in srgb, var(--accent) 18%, var(--paper));
        border-bottom-right-radius: 4px;
        margin-top: 8px;
      }
      .answer {
        justify-self: start;
        background: var(--paper);
        border: 1px solid var(--line);
        border-bottom-left-radius: 4px;
      }
      .foot {
        padding-left: 16px;
      }
      .turns > button {
        justify-self: start;
      }
      form {
        position: sticky;
        bottom: 0;
        display: flex;
        gap: 8px;
        align-items: end;
        padding: 12px 0 calc(12px + env(safe-area-inset-bottom));
        background: var(--ground);
      }
      textarea {
        flex: 1;
        min-width: 0;
        resize: none;
        field-sizing: content;
        min-height: 48px;
        max-height: 160px;
        padding: 12px 18px;
        border: 1px solid color-mix(in srgb, var(--ink) 45%, var(--paper));
        border-radius: 24px;
        background: var(--paper);
        color: var(--ink);
        font: inherit;
        line-height: 1.4;
      }
      textarea::placeholder {
        color: var(--faint);
      }
      form button {
        width: 48px;
        height: 48px;
        padding: 0;
        border-radius: 50%;
        flex: none;
      }
      .suggestions {
        justify-content: center;
      }
    `,
  ];

  @property({ attribute: false }) conversation!: Conversation;
  @query("textarea") private readonly field!: HTMLTextAreaElement;

  protected override firstUpdated(): void {
    this.conversation.changed = () => this.requestUpdate();
    this.field?.focus({ preventScroll: true });
  }

  protected override updated(_: PropertyValues): void {
    if (this.conversation.turns.at(-1)?.busy)
      this.homelab.scroller?.scrollTo({ top: this.homelab.scroller.scrollHeight });
  }

  protected override render() {
    const { turns } = this.conversation;
    if (!this.entries("hub").length) {
      return html`<div class="empty">
        ${icon(mdiRobotOutline)}
        <h2>${this.text.say("missing_hub")}</h2>
        <p>${this.text.say("missing_hub_why")}</p>
      </div>`;
    }
    const busy = turns.at(-1)?.busy ?? false;
    return html`
      <div class="turns" role="log" aria-label=${this.text.say("conversation")} aria-busy=${busy}>
        ${turns.length ? turns.map((turn) => this.turn(turn)) : this.welcome()}
      </div>
      <form @submit=${this.submitted}>
        <textarea
          rows="1"
          maxlength="2000"
          aria-label=${this.text.say("ask_label")}
          placeholder=${this.text.say("ask_label")}
          @keydown=${this.pressed}
        ></textarea>
        ${
          busy
            ? html`<button type="button" aria-label=${this.text.say("stop")} @click=${() => turns.at(-1)?.stop()}>
                ${icon(mdiStop)}
              </button>`
            : html`<button class="filled" aria-label=${this.text.say("send")}>${icon(mdiSend)}</button>`
        }
      </form>
    `;
  }

  private welcome() {
    return html`<div class="empty">
      ${icon(mdiRobotOutline)}
      <h2>${this.text.say("ask_title")}</h2>
      <p>${this.text.say("ask_more")}</p>
      <div class="row suggestions">
        ${SUGGESTIONS.map((key) => html`<button @click=${() => this.say(this.text.say(key))}>${this.text.say(key)}</button>`)}
      </div>
    </div>`;
  }

  private turn(turn: Answering) {
    const foot = turn.footnote(this.text);
    return html`
      <p class="said break">${turn.words}</p>
      ${turn.text || turn.busy ? html`<p class="answer break">${turn.text || this.text.say("thinking")}</p>` : nothing}
      ${foot ? html`<p class="foot small faint" data-answered-by=${turn.done?.answered_by ?? ""}>${foot}</p>` : nothing}
      ${this.proposed(turn)}
    `;
  }

  private pressed(event: KeyboardEvent): void {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    this.submitted();
  }

  private submitted(event?: Event): void {
    event?.preventDefault();
    const words = this.field.value.trim();
    if (!words || this.conversation.turns.at(-1)?.busy) return;
    this.field.value = "";
    this.say(words);
  }

  private say(words: string): void {
    const { conversation } = this;
    const turn: Answering = new Answering(this.homelab.api, words, conversation.id, () => {
      conversation.id = turn.done?.conversation_id ?? conversation.id;
      conversation.changed();
    });
    conversation.turns.push(turn);
    this.requestUpdate();
  }
}
