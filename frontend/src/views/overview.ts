/** The homelab at a glance: what is wrong, then the hub, the clusters and the repositories. */

import { mdiAlertCircleOutline, mdiCheckCircleOutline, mdiLanPending, mdiPlus } from "@mdi/js";
import { html, nothing } from "lit";
import { customElement } from "lit/decorators.js";
import type { Card, ClusterEntry, Gpu, HubEntry, LoadedModel, RepositoryEntry, Service, Tally, Trouble } from "../api";
import { isAwaiting } from "../changes";
import { gauge, sparkline } from "../parts/graphs";
import { icon } from "../parts/icon";
import { shared } from "../styles";
import type { Key } from "../text";
import { overviewStyles } from "./overview-styles";
import { View } from "./view";

const KINDS = ["hub", "cluster", "repository"] as const;
const MANAGE = "/config/integrations/integration/homelab_assistant";
const HOT = 83; // degrees Celsius, where most cards begin to slow down
const WARM = 75;
const FULL = 0.95;

@customElement("homelab-overview")
export class Overview extends View {
  static override styles = [shared, overviewStyles];

  protected override render() {
    const services = [...this.homelab.services.values()];
    return html`
      ${this.health(services)}
      <div class="columns">
        ${this.entries("hub").map((each) => this.hub(each))}
        ${this.entries("cluster").map((each) => this.cluster(each))}
        ${this.entries("repository").map((each) => this.repository(each))}
        ${KINDS.filter((kind) => !this.entries(kind).length).map((kind) => this.missing(kind))}
      </div>
    `;
  }

  private health(services: Service[]) {
    const troubles = services.flatMap((each) => this.troubles(each));
    if (!services.length) return nothing;
    if (!troubles.length && services.some((each) => each.at === null)) {
      return html`<section class="health" role="status">
        ${icon(mdiLanPending)}
        <h2>${this.text.say("connecting")}</h2>
      </section>`;
    }
    if (!troubles.length) {
      return html`<section class="health good" data-health="good">
        ${icon(mdiCheckCircleOutline)}
        <h2>${this.text.say("all_connected")}</h2>
      </section>`;
    }
    return html`<section class="health bad" data-health="bad" role="status">
      ${icon(mdiAlertCircleOutline)}
      <div class="grow">
        <h2>${this.text.say("not_all_connected")}</h2>
        <ul>
          ${troubles.map(
            ({ title, error, since }) =>
              html`<li class="break">
                <strong>${title}</strong>: ${this.text.trouble(error)}
                ${since ? html`<span class="faint small">(${this.text.ago(since, this.now)})</span>` : nothing}
              </li>`,
          )}
        </ul>
      </div>
      ${this.homelab.admin ? this.link(MANAGE, this.text.say("manage")) : nothing}
    </section>`;
  }

  private troubles(service: Service): { title: string; error: Trouble; since: string | null }[] {
    const { title, error, since } = service;
    const found = error ? [{ title, error, since }] : [];
    if (service.kind === "hub" && service.gpu?.error) {
      found.push({ title: this.text.say("gpu_of", { title }), error: service.gpu.error, since: service.gpu.since });
    }
    if (service.kind === "cluster") {
      found.push(...(service.denied ?? []).map((denied) => ({ title, error: denied, since: null })));
    }
    return found;
  }

  private hub(hub: HubEntry) {
    const { metrics } = hub;
    return html`<section class="card wide">
      ${this.head(hub, hub.version ? `Ollama ${hub.version}` : null)}
      ${hub.gpu ? hub.gpu.cards.map((card) => this.card(card, hub.gpu as Gpu)) : nothing} ${this.models(hub)}
      ${
        metrics?.turns
          ? html`<dl class="tiles few">
              ${this.tile("ttft", metrics.ttft_p50 === null ? "–" : this.text.duration(metrics.ttft_p50 * 1000), this.p95(metrics.ttft_p95))}
              ${this.tile("speed", metrics.tokens_per_second === null ? "–" : this.text.number(metrics.tokens_per_second), this.text.say("tokens_per_second"))}
              ${this.tile("turns", this.text.number(metrics.turns), metrics.failures ? this.text.count("failures", metrics.failures) : "")}
            </dl>`
          : html`<p class="faint small">${this.text.say("no_turns")}</p>`
      }
    </section>`;
  }

  private p95(seconds: number | null): string {
    return seconds === null ? "" : this.text.say("p95", { time: this.text.duration(seconds * 1000) });
  }

  private card(card: Card, gpu: Gpu) {
    const { utilisation, memory_used, memory_total, temperature, power } = card;
    const memory = memory_used !== null && memory_total ? memory_used / memory_total : null;
    const heat = temperature === null ? "" : temperature >= HOT ? "bad" : temperature >= WARM ? "warn" : "";
    const points = gpu.history.map(
      (each) => [Date.parse(each.at), each.cards[card.uuid]?.utilisation ?? null] as const,
    );
    const unknown = "–";
    return html`<div class="gpu">
      <h3>${card.name}</h3>
      <div class="gauges">
        ${gauge(this.text.say("utilisation"), utilisation, utilisation === null ? unknown : this.text.percent(utilisation))}
        ${gauge(this.text.say("memory"), memory, memory === null ? unknown : this.text.percent(memory), (memory ?? 0) > FULL ? "warn" : "")}
        ${gauge(this.text.say("temperature"), temperature === null ? null : temperature / 100, temperature === null ? unknown : `${this.text.number(temperature)} °C`, heat)}
        <div class="trend">
          ${sparkline(this.text.say("last_hour_of", { what: this.text.say("utilisation") }), points, this.now)}
          <p class="row spread small faint">
            <span
              >${this.text.say("since_then", { when: this.text.time(gpu.history[0]?.at ?? new Date(this.now).toISOString()) })}</span
            >
            <span
              >${memory_used !== null && memory_total ? `${this.text.bytes(memory_used)} / ${this.text.bytes(memory_total)}` : nothing}</span
            >
            <span>${power === null ? nothing : `${this.text.number(power)} W`}</span>
          </p>
        </div>
      </div>
    </div>`;
  }

  private models(hub: HubEntry) {
    if (!hub.loaded?.length) {
      return html`<p class="faint">${this.text.say("no_model_loaded", { installed: hub.installed ?? 0 })}</p>`;
    }
    return html`<ul class="models">
      ${hub.loaded.map((model) => this.model(model))}
    </ul>`;
  }

  private model(model: LoadedModel) {
    const share = model.size ? model.size_vram / model.size : 0;
    const facts = [
      this.text.say("on_gpu", { share: this.text.percent(share) }),
      this.text.bytes(model.size),
      model.context_length && this.text.say("context", { tokens: this.text.number(model.context_length) }),
      model.expires_at && this.text.say("until", { when: this.text.ago(model.expires_at, this.now) }),
    ];
    return html`<li>
      <div class="row spread"><span class="break">${model.name}</span></div>
      <div class="bar ${share < 1 ? "warn" : ""}" role="presentation">
        <div style="width:${Math.round(share * 100)}%"></div>
      </div>
      <p class="small faint">${facts.filter(Boolean).join(" · ")}</p>
    </li>`;
  }

  private cluster(cluster: ClusterEntry) {
    const { nodes, workloads, applications, findings = 0, k8sgpt } = cluster;
    return html`<section class="card">
      ${this.head(cluster, cluster.version ? `Kubernetes ${cluster.version}` : null)}
      <dl class="tiles">
        <div class="tile ${findings ? "bad" : "good"}">
          <dt>${this.text.say("findings")}</dt>
          <dd>${this.text.number(findings)}</dd>
          <dd class="below">${this.link("/homelab/findings", this.text.say("show"))}</dd>
        </div>
        ${nodes ? this.tally("nodes", nodes) : nothing} ${workloads ? this.tally("workloads", workloads) : nothing}
        ${applications ? this.tally("applications", applications) : nothing}
      </dl>
      ${this.unwell("nodes", nodes, (each) => each.name)}
      ${this.unwell("workloads", workloads, (each) => `${each.name} ${each.ready}/${each.wanted}`)}
      ${this.unwell("applications", applications, (each) => `${each.name}: ${each.sync}, ${each.health}`)}
      <p class="small faint">${k8sgpt && !cluster.error ? this.freshness(k8sgpt, cluster.at) : nothing}</p>
    </section>`;
  }

  private freshness({ installed, quiet_since }: { installed: boolean; quiet_since: string | null }, at: string | null) {
    if (!installed) return this.text.say("k8sgpt_missing");
    if (quiet_since) return this.text.say("k8sgpt_quiet", { when: this.text.ago(quiet_since, this.now) });
    return at ? this.text.say("k8sgpt_fresh", { when: this.text.ago(at, this.now) }) : nothing;
  }

  private repository(repository: RepositoryEntry) {
    const changes = [...this.homelab.changes.values()].filter((each) => each.repository === repository.repository);
    const awaiting = changes.filter(isAwaiting).length;
    const underway = changes.filter((each) => !each.settled).length - awaiting;
    return html`<section class="card">
      ${this.head(repository, null)}
      <dl class="tiles">
        <div class="tile ${awaiting ? "warn" : ""}">
          <dt>${this.text.say("awaiting")}</dt>
          <dd>${this.text.number(awaiting)}</dd>
          <dd class="below">${this.link("/homelab/changes", this.text.say("show"))}</dd>
        </div>
        ${this.tile("underway", this.text.number(underway), this.text.say("underway_means"))}
      </dl>
    </section>`;
  }

  private missing(kind: (typeof KINDS)[number]) {
    return html`<section class="card missing">
      <h2>${this.text.say(`missing_${kind}`)}</h2>
      <p class="faint">${this.text.say(`missing_${kind}_why`)}</p>
      ${this.adding(html`${icon(mdiPlus)} ${this.text.say(`add_${kind}`)}`)}
    </section>`;
  }

  private head(service: Service, detail: string | null) {
    return html`<header class="row spread">
      <h2 class="break">${service.title}</h2>
      ${
        service.error || !service.at
          ? html`<span class="badge bad">${this.stale(service.at)}</span>`
          : html`<span class="small faint">${detail}</span>`
      }
    </header>`;
  }

  private tile(label: Key, value: string, below: string) {
    return html`<div class="tile">
      <dt>${this.text.say(label)}</dt>
      <dd>${value}</dd>
      <dd class="below">${below}</dd>
    </div>`;
  }

  private tally(label: "nodes" | "workloads" | "applications", { well, total }: Tally<unknown>) {
    return html`<div class="tile ${well < total ? "warn" : "good"}">
      <dt>${this.text.say(label)}</dt>
      <dd>${this.text.number(well)}<span class="of">/${this.text.number(total)}</span></dd>
      <dd class="below">${this.text.say(`${label}_well`)}</dd>
    </div>`;
  }

  private unwell<T>(label: Key, tally: Tally<T> | null | undefined, tell: (each: T) => string) {
    if (!tally?.unwell.length) return nothing;
    return html`<details>
      <summary>${this.text.say("unwell", { what: this.text.say(label), count: tally.total - tally.well })}</summary>
      <ul class="small">
        ${tally.unwell.map((each) => html`<li class="mono break">${tell(each)}</li>`)}
      </ul>
    </details>`;
  }
}
