import { html, LitElement, nothing } from "lit";
import { property } from "lit/decorators.js";
import type { Answering } from "../answering";
import type { Api, Change, Finding, Service } from "../api";
import { askedFor } from "../changes";
import { navigate } from "../ha";
import type { Text } from "../text";

const ADD = "/config/integrations/dashboard/add?domain=homelab_assistant";

/** What every view is given: words, commands, the three feeds, whether the person administers, what scrolls, the time. */
export interface Homelab {
  text: Text;
  api: Api;
  services: ReadonlyMap<string, Service>;
  findings: ReadonlyMap<string, Finding>;
  changes: ReadonlyMap<string, Change>;
  admin: boolean;
  scroller: HTMLElement | null;
  now: number;
}

export class View extends LitElement {
  @property({ attribute: false }) homelab!: Homelab;

  protected get text() {
    return this.homelab.text;
  }

  protected get now() {
    return this.homelab.now;
  }

  protected entries<K extends Service["kind"]>(kind: K) {
    const found = [...this.homelab.services.values()].filter((each) => each.kind === kind);
    return found as Extract<Service, { kind: K }>[];
  }

  /** The way to the change that an answer proposed. */
  protected proposed(answer: Answering) {
    const change = answer.busy ? undefined : askedFor(this.homelab.changes, answer.words);
    if (!change) return nothing;
    return html`<button class="filled" @click=${() => navigate(`/homelab/changes/${change.id}`)}>
      ${this.text.say("show_change")}
    </button>`;
  }

  /** When a service was last heard that is not heard now. */
  protected stale(at: string | null): string {
    return at ? this.text.say("last_heard", { when: this.text.ago(at, this.now) }) : this.text.say("never_heard");
  }

  protected link(path: string, words: unknown) {
    const go = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      navigate(path);
    };
    return html`<a class="button" href=${path} @click=${go}>${words}</a>`;
  }

  /** The way to connect what is missing, for those who may. */
  protected adding(words: unknown) {
    return this.homelab.admin ? this.link(ADD, words) : nothing;
  }
}
