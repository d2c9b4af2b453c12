/** Findings by workload. What a model wrote is folded away and marked; everything is shown as text. */

import {
  mdiBellOffOutline,
  mdiCheckDecagramOutline,
  mdiChevronDown,
  mdiPlus,
  mdiRobotOutline,
  mdiServerNetworkOff,
} from "@mdi/js";
import { html, nothing, type PropertyValues } from "lit";
import { customElement, state } from "lit/decorators.js";
import { Answering } from "../answering";
import type { Finding } from "../api";
import { type Group, grouped, isHeard } from "../findings";
import { icon } from "../parts/icon";
import "../parts/virtual-list";
import type { Row } from "../parts/virtual-list";
import { shared } from "../styles";
import { findingsStyles } from "./findings-styles";
import { View } from "./view";

const SNOOZES = [1, 8, 24, 168]; // hours
const TONES = { critical: "bad", warning: "warn", info: "know" };

@customElement("homelab-findings")
export class Findings extends View {
  static override styles = [shared, findingsStyles];

  @state() private silenced = false;
  @state() private menu: string | null = null;
  @state() private refusal: { id: string; message: string } | null = null;
  private answers = new Map<string, Answering>();
  private groups: { heard: Group[]; silenced: Group[]; counts: [number, number] } = {
    heard: [],
    silenced: [],
    counts: [0, 0],
  };

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const answer of this.answers.values()) answer.stop();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has("homelab") || changed.get("homelab")?.findings === this.homelab.findings) return;
    const all = [...this.homelab.findings.values()];
    const heard = all.filter(isHeard);
    const silenced = all.filter((each) => !isHeard(each));
    this.groups = { heard: grouped(heard), silenced: grouped(silenced), counts: [heard.length, silenced.length] };
  }

  protected override render() {
    const [heard, silenced] = this.groups.counts;
    const groups = this.silenced ? this.groups.silenced : this.groups.heard;
    return html`
      <div class="row spread bar">
        <p role="status" tabindex="-1">${this.text.count("findings", heard)}</p>
        ${
          silenced || this.silenced
            ? html`<button aria-pressed=${this.silenced} @click=${() => (this.silenced = !this.silenced)}>
                ${icon(mdiBellOffOutline)} ${this.text.count("silenced", silenced)}
              </button>`
            : nothing
        }
      </div>
      ${this.unheard.map((each) => html`<p class="note warn unheard">${each.title}: ${this.stale(each.at)}</p>`)}
      ${
        groups.length
          ? html`<homelab-virtual-list
              .rows=${this.rows(groups)}
              .scroller=${this.homelab.scroller}
              .estimate=${120}
            ></homelab-virtual-list>`
          : this.nothing()
      }
    `;
  }

  /** The clusters of which we do not know how they are now. */
  private get unheard() {
    return this.entries("cluster").filter((each) => each.error || !each.at);
  }

  private nothing() {
    if (!this.entries("cluster").length) {
      return html`<div class="empty">
        ${icon(mdiServerNetworkOff)}
        <h2>${this.text.say("missing_cluster")}</h2>
        <p>${this.text.say("missing_cluster_why")}</p>
        ${this.adding(html`${icon(mdiPlus)} ${this.text.say("add_cluster")}`)}
      </div>`;
    }
    if (!this.silenced && this.unheard.length) return nothing;
    return html`<div class="empty">
      ${icon(mdiCheckDecagramOutline)}
      <h2>${this.text.say(this.silenced ? "nothing_silenced" : "nothing_wrong")}</h2>
      <p>${this.text.say(this.silenced ? "nothing_silenced_more" : "nothing_wrong_more")}</p>
    </div>`;
  }

  private rows(groups: Group[]): Row[] {
    return groups.flatMap((group) => [
      { key: `group ${group.key}`, render: () => this.head(group) },
      ...group.findings.map((finding, index) => ({
        key: finding.id,
        render: () => this.finding(finding, index === group.findings.length - 1),
      })),
    ]);
  }

  private head(group: Group) {
    const place = [group.namespace, group.cluster].filter(Boolean).join(" · ");
    return html`<header class="group row ${TONES[group.severity]}">
      <h2 class="break">${group.name} <span class="small faint">${group.kind}</span></h2>
      <span class="grow small faint break">${place}</span>
      <span class="badge ${TONES[group.severity]}">${this.text.name("severity", group.severity)}</span>
    </header>`;
  }

  private finding(finding: Finding, last: boolean) {
    const { kind, name, owner } = finding;
    const named = owner && (owner.kind !== kind || owner.name !== name) && `${kind} ${name}`;
    const answer = this.answers.get(finding.id);
    return html`<article class="finding ${last ? "last" : ""}" data-finding=${finding.id}>
      <div class="row">
        ${named ? html`<h3 class="break">${named}</h3>` : nothing}
        <span class="badge">${this.text.name("category", finding.category)}</span>
        <span class="small faint" title=${this.text.at(finding.first_seen)}>${this.age(finding)}</span>
      </div>
      <ul class="errors mono">
        ${finding.errors.map((error) => html`<li class="break">${error}</li>`)}
      </ul>
      ${
        finding.explanation
          ? html`<details>
              <summary>${icon(mdiRobotOutline)} ${this.text.say("explanation")} ${icon(mdiChevronDown)}</summary>
              <p class="model break">${finding.explanation}</p>
            </details>`
          : nothing
      }
      ${answer ? this.answer(answer) : nothing}
      ${this.refusal?.id === finding.id ? html`<p class="note bad break" role="alert">${this.refusal.message}</p>` : nothing}
      <div class="row actions">${this.actions(finding, answer)}</div>
    </article>`;
  }

  private age(finding: Finding): string {
    const since = this.text.say("since", { when: this.text.ago(finding.first_seen, this.now) });
    const until = finding.until && this.text.say("snoozed_until", { when: this.text.at(finding.until) });
    const again = finding.times_seen > 1 && this.text.say("times_seen", { count: finding.times_seen });
    return [since, again, until].filter(Boolean).join(" · ");
  }

  private answer(answer: Answering) {
    return html`<div class="answer" aria-live="polite" aria-busy=${answer.busy}>
      <p class="badge">${icon(mdiRobotOutline)} ${this.text.say("model_text")}</p>
      <p class="model break">${answer.text || (answer.busy ? this.text.say("thinking") : "")}</p>
      ${answer.footnote(this.text) ? html`<p class="small faint">${answer.footnote(this.text)}</p>` : nothing}
      ${this.proposed(answer)}
    </div>`;
  }

  private actions(finding: Finding, answer: Answering | undefined) {
    const named = { what: `${finding.kind} ${finding.namespace ? `${finding.namespace}/` : ""}${finding.name}` };
    const words = (key: "explain" | "propose_fix" | "snooze" | "dismiss" | "wake") =>
      `${this.text.say(key)}: ${named.what}`;
    if (!isHeard(finding)) {
      return this.homelab.admin
        ? html`<button aria-label=${words("wake")} @click=${() => this.act(finding, this.homelab.api.wake(finding.id))}>
            ${this.text.say("wake")}
          </button>`
        : nothing;
    }
    return html`
      ${
        this.entries("hub").length
          ? answer?.busy
            ? html`<button @click=${() => answer.stop()}>${this.text.say("stop")}</button>`
            : html`
                <button
                  aria-label=${words("explain")}
                  @click=${() => this.ask(finding, this.text.say("explain_words", named))}
                >
                  ${this.text.say("explain")}
                </button>
                <button
                  aria-label=${words("propose_fix")}
                  @click=${() => this.ask(finding, this.text.say("fix_words", named))}
                >
                  ${this.text.say("propose_fix")}
                </button>
              `
          : nothing
      }
      ${
        this.homelab.admin
          ? html`
              <button
                aria-label=${words("snooze")}
                aria-expanded=${this.menu === finding.id}
                @click=${() => (this.menu = this.menu === finding.id ? null : finding.id)}
              >
                ${this.text.say("snooze")} ${icon(mdiChevronDown)}
              </button>
              <button
                aria-label=${words("dismiss")}
                @click=${() => this.act(finding, this.homelab.api.dismiss(finding.id))}
              >
                ${this.text.say("dismiss")}
              </button>
            `
          : nothing
      }
      ${this.menu === finding.id ? this.snoozes(finding) : nothing}
    `;
  }

  private snoozes(finding: Finding) {
    return html`<div class="row snoozes" role="group" aria-label=${this.text.say("snooze")}>
      ${SNOOZES.map(
        (hours) =>
          html`<button class="filled" @click=${() => this.act(finding, this.homelab.api.snooze(finding.id, hours))}>
            ${hours < 24 ? this.text.count("hours", hours) : this.text.count("days", hours / 24)}
          </button>`,
      )}
    </div>`;
  }

  private async act(finding: Finding, doing: Promise<void>): Promise<void> {
    this.menu = null;
    try {
      await doing;
      this.refusal = null;
      this.renderRoot.querySelector<HTMLElement>("[role=status]")?.focus(); // the finding goes, and its buttons with it
    } catch (error) {
      this.refusal = { id: finding.id, message: this.text.refusal(error) };
    }
  }

  private ask(finding: Finding, words: string): void {
    this.answers.set(finding.id, new Answering(this.homelab.api, words, undefined, () => this.requestUpdate()));
    this.requestUpdate();
  }
}
