/** The panel: four views over three feeds, in the person's language and Home Assistant's colours. */

import {
  mdiAlertCircleOutline,
  mdiChatOutline,
  mdiMenu,
  mdiSourcePull,
  mdiStethoscope,
  mdiViewDashboardOutline,
} from "@mdi/js";
import { css, html, LitElement, nothing } from "lit";
import { customElement, property, query, state } from "lit/decorators.js";
import { Api, type Change, Feed, type Finding, type Service } from "./api";
import { isAwaiting } from "./changes";
import { isHeard } from "./findings";
import { type Hass, navigate, type Route } from "./ha";
import { icon } from "./parts/icon";
import { shared, theme } from "./styles";
import { Text } from "./text";
import { Conversation } from "./views/ask";
import "./views/changes";
import "./views/findings";
import "./views/overview";
import type { Homelab } from "./views/view";

const VIEWS = ["overview", "findings", "changes", "ask"] as const;
type Name = (typeof VIEWS)[number];
const ICONS = {
  overview: mdiViewDashboardOutline,
  findings: mdiStethoscope,
  changes: mdiSourcePull,
  ask: mdiChatOutline,
};
const TICK = 15_000; // milliseconds between two looks at the clock, for what says how long ago

@customElement("homelab-assistant-panel")
export class HomelabPanel extends LitElement {
  static override styles = [
    theme,
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        height: 100vh;
        height: 100dvh;
        background: var(--ground);
      }
      header {
        display: flex;
        align-items: center;
        flex-wrap: wrap;
        gap: 0 16px;
        padding: 0 16px;
        background: var(--paper);
        border-bottom: 1px solid var(--line);
      }
      h1 {
        font-size: 1.25rem;
        font-weight: 500;
        line-height: 56px;
      }
      .menu {
        width: 40px;
        padding: 0;
        color: var(--ink);
      }
      nav {
        display: flex;
        align-self: stretch;
        margin-left: auto;
      }
      nav a {
        display: flex;
        align-items: center;
        gap: 8px;
        min-height: 56px;
        padding: 0 16px;
        color: var(--faint);
        text-decoration: none;
        font-size: 0.9375rem;
        font-weight: 500;
        border-bottom: 3px solid transparent;
        border-top: 3px solid transparent;
      }
      nav a[aria-current] {
        color: var(--accent-ink);
        border-bottom-color: var(--accent);
      }
      nav a:focus-visible {
        outline-offset: -4px;
      }
      .count {
        min-width: 20px;
        padding: 0 6px;
        border-radius: 10px;
        text-align: center;
        font-size: 0.75rem;
        line-height: 20px;
        color: var(--ink);
        background: color-mix(in srgb, var(--bad) 20%, var(--paper));
      }
      .count.warn {
        background: color-mix(in srgb, var(--warn) 30%, var(--paper));
      }
      .lost {
        display: flex;
        gap: 8px;
        padding: 8px 20px;
        background: color-mix(in srgb, var(--warn) 20%, var(--paper));
      }
      main {
        flex: 1;
        overflow-y: auto;
        padding: 16px;
      }
      main > * {
        max-width: 1100px;
        margin: 0 auto;
      }
      .loading {
        padding: 64px 0;
        text-align: center;
      }
      @media (max-width: 700px) {
        header {
          padding: 0 4px;
        }
        h1 {
          line-height: 48px;
        }
        nav {
          flex-basis: 100%;
        }
        nav a {
          flex: 1 1 0;
          min-width: 0;
          flex-direction: column;
          justify-content: center;
          gap: 2px;
          padding: 0 2px;
          position: relative;
          font-size: 0.75rem;
        }
        .count {
          position: absolute;
          top: 2px;
          left: calc(50% + 6px);
        }
        main {
          padding: 12px;
        }
      }
    `,
  ];

  @property({ type: Boolean }) narrow = false;
  @property({ attribute: false }) route: Route = { prefix: "", path: "" };
  @property({ type: Boolean, reflect: true }) dark = false;

  @state() private text: Text | null = null;
  @state() private lost = false;
  @state() private admin = false;
  @state() private now = Date.now();
  @query("main") private readonly scroller!: HTMLElement | null;

  private current: Hass | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly changed = () => {
    this.now = Date.now();
    this.requestUpdate();
  };
  private readonly overview = new Feed<Service>("overview", this.changed);
  private readonly findings = new Feed<Finding>("findings", this.changed);
  private readonly changes = new Feed<Change>(
    "changes",
    this.changed,
    () => this.current && { language: this.current.language },
  );
  private readonly conversation = new Conversation();
  private readonly api = new Api(() => this.current as Hass);

  /** Comes anew with every state of every entity; only what we show makes us draw. */
  @property({ attribute: false, noAccessor: true })
  set hass(hass: Hass) {
    const before = this.current;
    this.current = hass;
    this.dark = hass.themes.darkMode;
    this.lost = !hass.connected;
    this.admin = hass.user?.is_admin ?? false;
    if (before && before.language !== hass.language) this.changes.close(); // what it tells is in the other language
    if (before?.locale !== hass.locale) {
      this.text = Text.of(hass, () => this.current as Hass);
      void hass.loadBackendTranslation("exceptions", "homelab_assistant").then(() => this.requestUpdate());
    }
    if (this.isConnected) this.open();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.timer = setInterval(() => (this.now = Date.now()), TICK);
    this.open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.timer);
    for (const feed of [this.overview, this.findings, this.changes]) feed.close();
  }

  private open(): void {
    if (!this.current) return;
    for (const feed of [this.overview, this.findings, this.changes]) feed.open(this.current.connection);
  }

  protected override render() {
    const { text } = this;
    if (!text) return nothing;
    const [, name = "", selected = ""] = this.route.path.split("/");
    const view = VIEWS.find((each) => each === name) ?? "overview";
    return html`
      <header>
        ${this.menu(text)}
        <h1>${text.say("title")}</h1>
        <nav aria-label=${text.say("title")}>${VIEWS.map((each) => this.tab(text, each, each === view))}</nav>
      </header>
      ${this.lost ? html`<p class="lost" role="alert">${icon(mdiAlertCircleOutline)} ${text.say("lost")}</p>` : nothing}
      <main>${this.view(text, view, selected)}</main>
    `;
  }

  private menu(text: Text) {
    if (!this.narrow && this.current?.dockedSidebar !== "always_hidden") return nothing;
    const toggle = () => this.dispatchEvent(new CustomEvent("hass-toggle-menu", { bubbles: true, composed: true }));
    return html`<button class="bare menu" aria-label=${text.say("menu")} @click=${toggle}>${icon(mdiMenu)}</button>`;
  }

  private tab(text: Text, name: Name, current: boolean) {
    const path = `${this.route.prefix || "/homelab"}/${name}`;
    const go = (event: MouseEvent) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      navigate(path);
    };
    const count = name === "findings" ? this.heard : name === "changes" ? this.awaiting : 0;
    return html`<a href=${path} data-view=${name} aria-current=${current ? "page" : nothing} @click=${go}>
      ${icon(ICONS[name])} <span>${text.say(`view_${name}`)}</span>
      ${count ? html`<span class="count ${name === "changes" ? "warn" : ""}">${text.number(count)}</span>` : nothing}
    </a>`;
  }

  private get heard(): number {
    return [...(this.findings.items?.values() ?? [])].filter(isHeard).length;
  }

  private get awaiting(): number {
    return [...(this.changes.items?.values() ?? [])].filter(isAwaiting).length;
  }

  private view(text: Text, name: Name, selected: string) {
    const { api, admin, now, scroller } = this;
    const [services, findings, changes] = [this.overview.items, this.findings.items, this.changes.items];
    if (!services || !findings || !changes) {
      return html`<p class="loading faint" role="status">${text.say("loading")}</p>`;
    }
    const homelab: Homelab = { text, api, services, findings, changes, admin, scroller, now };
    switch (name) {
      case "findings":
        return html`<homelab-findings .homelab=${homelab}></homelab-findings>`;
      case "changes":
        return html`<homelab-changes .homelab=${homelab} .selected=${selected}></homelab-changes>`;
      case "ask":
        return html`<homelab-ask .homelab=${homelab} .conversation=${this.conversation}></homelab-ask>`;
      case "overview":
        return html`<homelab-overview .homelab=${homelab}></homelab-overview>`;
    }
  }
}
