/** Changes: what waits for a yes, and what became of the others. A yes takes two steps and is for exactly one hash. */

import { mdiChevronDown, mdiChevronUp, mdiOpenInNew, mdiRobotOutline, mdiSourcePull } from "@mdi/js";
import { html, nothing, type PropertyValues } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import type { Change, Details } from "../api";
import { isAwaiting, isUndoable, ordered, reached, safeUrl, tone, WAY } from "../changes";
import { navigate } from "../ha";
import "../parts/diff-view";
import { fieldPath } from "../parts/field-path";
import { icon } from "../parts/icon";
import "../parts/virtual-list";
import { shared } from "../styles";
import { changesStyles } from "./changes-styles";
import { View } from "./view";

const RISKS = { low: "good", medium: "warn", high: "bad" };
const TONES = { waits: "warn", goes: "know", well: "good", wrong: "bad", over: "" };

@customElement("homelab-changes")
export class Changes extends View {
  static override styles = [shared, changesStyles];

  /** The id of the change that is open. */
  @property() selected = "";

  @state() private details: { id: string; updated: string; value: Details } | null = null;
  @state() private sure: { id: string; step: "approve" | "reject" } | null = null;
  @state() private busy = false;
  @state() private refusal: { id: string; message: string } | null = null;
  private order: Change[] = [];

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.has("homelab") ? changed.get("homelab")?.changes : this.homelab.changes;
    if (before !== this.homelab.changes) this.order = ordered(this.homelab.changes.values());
    const open = this.homelab.changes.get(this.selected);
    if (open && (this.details?.id !== open.id || this.details.updated !== open.updated)) void this.load(open);
    const asked = this.homelab.changes.get(this.sure?.id ?? "");
    if (this.sure && !(asked && isAwaiting(asked))) this.sure = null;
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has("sure")) void this.keepFocus(changed.get("sure") as typeof this.sure);
  }

  /** A keyboard goes to the confirmation when it appears, and back to its change when it has gone. */
  private async keepFocus(before: typeof this.sure | undefined): Promise<void> {
    await this.renderRoot.querySelector("homelab-virtual-list")?.updateComplete;
    const left = document.activeElement === document.body && before;
    const place = this.sure ? "[data-sure]" : left && `[data-change="${left.id}"] .head`;
    if (place) this.renderRoot.querySelector<HTMLElement>(place)?.focus();
  }

  protected override render() {
    if (!this.order.length) {
      return html`<div class="empty">
        ${icon(mdiSourcePull)}
        <h2>${this.text.say("no_changes")}</h2>
        <p>${this.text.say("no_changes_more")}</p>
      </div>`;
    }
    const awaiting = this.order.filter(isAwaiting).length;
    const rows = this.order.map((change) => ({ key: change.id, render: () => this.change(change) }));
    return html`
      <p class="bar" role="status">
        ${awaiting ? this.text.count("awaiting", awaiting) : this.text.say("nothing_awaits")}
      </p>
      <homelab-virtual-list .rows=${rows} .scroller=${this.homelab.scroller} .estimate=${100}></homelab-virtual-list>
    `;
  }

  private change(change: Change) {
    const open = change.id === this.selected;
    const { target } = change;
    return html`<article class="card change ${tone(change)}" data-change=${change.id} data-state=${change.state}>
      <div role="heading" aria-level="2">
        <button class="head" aria-expanded=${open} @click=${() => this.select(open ? "" : change.id)}>
          <span class="grow">
            <span class="title break"
              >${target.name} <span class="faint small">${target.kind} · ${target.namespace}</span></span
            >
            <span class="what break">${this.what(change)}</span>
          </span>
          <span class="badge ${TONES[tone(change)]}">${this.text.name("state", change.state)}</span>
          ${icon(open ? mdiChevronUp : mdiChevronDown)}
        </button>
      </div>
      ${this.way(change)}
      <p class="small faint break">${this.story(change)}</p>
      ${change.failure ? html`<p class="note ${tone(change) === "wrong" ? "bad" : "warn"} break">${change.failure}</p>` : nothing}
      ${this.refusal?.id === change.id ? html`<p class="note bad break" role="alert">${this.refusal.message}</p>` : nothing}
      ${this.sure?.id === change.id ? this.confirmation(change, this.sure.step) : this.actions(change, open)}
      ${open ? this.opened(change) : nothing}
    </article>`;
  }

  private what({ operation, target: { field, before, after } }: Change) {
    if (operation === "restart") return this.text.say("restart");
    return html`${fieldPath(field)}: <span class="before">${before || "–"}</span> → <strong>${after || "–"}</strong>`;
  }

  private story(change: Change): string {
    const parts = [
      this.text.say("asked_by", { who: this.who(change.requested_by), when: this.text.ago(change.created, this.now) }),
    ];
    if (isAwaiting(change)) parts.push(this.text.say("expires", { when: this.text.ago(change.expires, this.now) }));
    else if (change.decided_by)
      parts.push(
        this.text.say(change.state === "rejected" ? "rejected_by" : "approved_by", {
          who: this.who(change.decided_by),
        }),
      );
    if (change.reverts) parts.push(this.text.say("undoes"));
    return parts.join(" · ");
  }

  private who(name: string | null): string {
    return name === null ? this.text.say("somebody") : this.text.name("channel", name);
  }

  private way(change: Change) {
    const come = reached(change);
    if (!come) return nothing;
    const here = WAY[come - 1] ?? "asked";
    const wrong = change.state === "degraded";
    return html`<ol class="way ${wrong ? "wrong" : ""}" aria-label=${this.text.name("mark", here)}>
      ${WAY.map((mark, index) => html`<li class=${index < come ? "done" : ""} aria-hidden="true"><span>${this.text.name("mark", mark)}</span></li>`)}
    </ol>`;
  }

  private opened(change: Change) {
    const details = this.details?.id === change.id ? this.details.value : null;
    return html`<div class="opened">
      <p class="break">${this.text.say("words", { words: change.words })}</p>
      ${change.model ? html`<p class="badge break">${icon(mdiRobotOutline)} ${this.text.say("planned_by_model", { model: change.model })}</p>` : nothing}
      <div class="row">
        <span class="badge ${RISKS[change.risk]}">${this.text.name("risk", change.risk)}</span>
        <span class="small mono break" title=${change.hash}>${this.text.say("hash")} ${change.hash.slice(0, 12)}</span>
        <span class="small faint break">${change.repository}</span>
      </div>
      ${this.judged("reasons", change.reasons)} ${this.judged("checks", change.checks, "warn")}
      ${this.judged("notes", change.notes)}
      ${change.checks.length ? nothing : html`<p class="small faint">${this.text.say("checks_passed")}</p>`}
      ${
        details
          ? html`<homelab-diff .diff=${details.diff} .label=${this.text.say("diff_of")}></homelab-diff>
              <section>
                <h3>${this.text.say("timeline")}</h3>
                <ol class="timeline">
                  ${details.history.map(
                    (each) =>
                      html`<li>
                        <span class="break"
                          >${this.text.name("step", each.step)}${each.by ? ` · ${this.who(each.by)}` : ""}</span
                        >
                        <time class="small faint" datetime=${each.at}>${this.text.at(each.at)}</time>
                        ${each.detail ? html`<p class="small break">${each.detail}</p>` : nothing}
                      </li>`,
                  )}
                </ol>
              </section>`
          : html`<p class="faint" role="status">${this.text.say("loading")}</p>`
      }
    </div>`;
  }

  private judged(key: "reasons" | "checks" | "notes", sentences: string[], kind = "") {
    if (!sentences.length) return nothing;
    return html`<section class="note ${kind}">
      <h3>${this.text.say(key)}</h3>
      <ul>
        ${sentences.map((each) => html`<li class="break">${each}</li>`)}
      </ul>
    </section>`;
  }

  private actions(change: Change, open: boolean) {
    const url = safeUrl(change.pull_request);
    const named = (key: "approve" | "reject" | "undo") => `${this.text.say(key)}: ${change.target.name}`;
    const parts = [
      this.homelab.admin && isAwaiting(change)
        ? html`
            <button class="filled" aria-label=${named("approve")} @click=${() => this.ask(change, "approve")}>
              ${this.text.say("approve")}
            </button>
            <button aria-label=${named("reject")} @click=${() => this.ask(change, "reject")}>
              ${this.text.say("reject")}
            </button>
          `
        : null,
      !this.homelab.admin && isAwaiting(change)
        ? html`<p class="small faint">${this.text.say("waits_for_admin")}</p>`
        : null,
      url
        ? html`<a class="button" href=${url} target="_blank" rel="noopener noreferrer"
            >${icon(mdiOpenInNew)} ${this.text.say("pull_request")}</a
          >`
        : null,
      open && isUndoable(change)
        ? html`<button aria-label=${named("undo")} ?disabled=${this.busy} @click=${() => this.undo(change)}>
            ${this.text.say("undo")}
          </button>`
        : null,
    ].filter((each) => each !== null);
    return parts.length ? html`<div class="row">${parts}</div>` : nothing;
  }

  /** The second step; neither the second half of a double click nor a key held down takes it. */
  private confirmation(change: Change, step: "approve" | "reject") {
    const approves = step === "approve";
    const meant = (event: KeyboardEvent) => event.repeat && event.preventDefault();
    return html`<div class="sure" role="group" aria-label=${this.text.say(`${step}_sure`)} @keydown=${meant}>
      <h3>${this.text.say(`${step}_sure`)}</h3>
      ${
        approves
          ? html`<dl>
              <dt>${this.text.say("risk")}</dt>
              <dd><span class="badge ${RISKS[change.risk]}">${this.text.name("risk", change.risk)}</span></dd>
              <dt>${this.text.say("hash")}</dt>
              <dd class="mono break">${change.hash}</dd>
            </dl>`
          : nothing
      }
      <div class="row">
        <button
          data-sure
          class=${approves ? "filled" : "danger"}
          ?disabled=${this.busy}
          @click=${(event: MouseEvent) => event.detail > 1 || this.decide(change, step)}
        >
          ${this.text.say(`${step}_yes`)}
        </button>
        <button ?disabled=${this.busy} @click=${() => (this.sure = null)}>${this.text.say("back")}</button>
      </div>
    </div>`;
  }

  private select(id: string): void {
    this.refusal = null;
    navigate(`/homelab/changes${id && `/${id}`}`, true);
  }

  private ask(change: Change, step: "approve" | "reject"): void {
    this.refusal = null;
    this.sure = { id: change.id, step };
    if (step === "approve" && this.selected !== change.id) this.select(change.id);
  }

  private decide(change: Change, step: "approve" | "reject"): Promise<void> {
    return this.act(change, this.homelab.api[step](change.hash));
  }

  private undo(change: Change): Promise<void> {
    return this.act(
      change,
      this.homelab.api.revert(change.hash, this.text.say("undo_words", { name: change.target.name })),
    );
  }

  private async act(change: Change, doing: Promise<Change>): Promise<void> {
    this.busy = true;
    try {
      const told = await doing;
      this.refusal = null;
      if (told.id !== change.id) this.select(told.id);
    } catch (error) {
      this.refusal = { id: change.id, message: this.text.refusal(error) };
    } finally {
      this.busy = false;
      this.sure = null;
    }
  }

  private async load({ id, updated }: Change): Promise<void> {
    const known = this.details?.id === id ? this.details.value : { diff: "", history: [] };
    if (this.details?.id === id) this.details = { id, updated, value: known };
    else this.details = null;
    try {
      const value = await this.homelab.api.details(id);
      if (this.selected === id) this.details = { id, updated, value };
    } catch (error) {
      this.refusal = { id, message: this.text.refusal(error) };
    }
  }
}
