/** A list that holds only the rows near the visible ones, of whatever height each is. */

import { css, html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";

const MARGIN = 600; // pixels above and below what is visible

export interface Row {
  key: string;
  render(): TemplateResult;
}

/** Scrolls with the nearest scrolling ancestor, which is given as `scroller`. */
@customElement("homelab-virtual-list")
export class VirtualList extends LitElement {
  static override styles = css`
    :host {
      display: block;
      overflow-anchor: none;
    }
  `;

  @property({ attribute: false }) rows: readonly Row[] = [];
  @property({ attribute: false }) scroller: HTMLElement | null = null;
  @property({ type: Number }) estimate = 96;

  private readonly heights = new Map<string, number>();
  private readonly observer = new ResizeObserver((entries) => this.measured(entries));
  private readonly scrolled = () => this.requestUpdate();
  private observed = new Set<Element>();
  private attached: HTMLElement | null = null;

  /** Rows go into the light DOM, so that the styles of the view that renders them hold. */
  protected override createRenderRoot() {
    return this;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    this.observed.clear();
    this.attached?.removeEventListener("scroll", this.scrolled);
    this.attached = null;
  }

  protected override willUpdate(): void {
    if (this.attached === this.scroller) return;
    this.attached?.removeEventListener("scroll", this.scrolled);
    this.attached = this.scroller;
    this.attached?.addEventListener("scroll", this.scrolled, { passive: true });
  }

  protected override render() {
    const { from, to, above, below } = this.window();
    return html`
      <div style="height:${above}px"></div>
      <div role="list">
        ${repeat(
          this.rows.slice(from, to),
          (row) => row.key,
          (row, index) => html`
            <div role="listitem" data-key=${row.key} aria-setsize=${this.rows.length} aria-posinset=${from + index + 1}>
              ${row.render()}
            </div>
          `,
        )}
      </div>
      <div style="height:${below}px"></div>
    `;
  }

  protected override updated(_: PropertyValues): void {
    const present = new Set(this.querySelectorAll(":scope > [role=list] > [data-key]"));
    for (const each of this.observed) if (!present.has(each)) this.observer.unobserve(each);
    for (const each of present) if (!this.observed.has(each)) this.observer.observe(each);
    this.observed = present;
  }

  private window() {
    const scroller = this.scroller;
    const top = scroller ? scroller.getBoundingClientRect().top - this.getBoundingClientRect().top : 0;
    const begin = top - MARGIN;
    const end = top + (scroller?.clientHeight ?? window.innerHeight) + MARGIN;
    let [offset, from, above, shown] = [0, 0, 0, 0];
    let to = this.rows.length;
    for (const [index, row] of this.rows.entries()) {
      const height = this.heights.get(row.key) ?? this.estimate;
      if (offset + height < begin) {
        from = index + 1;
        above = offset + height;
      } else if (offset > end && to === this.rows.length) {
        to = index;
        shown = offset;
      }
      offset += height;
    }
    return { from, to, above, below: to < this.rows.length ? offset - shown : 0 };
  }

  private measured(entries: ResizeObserverEntry[]): void {
    let changed = false;
    for (const { target, borderBoxSize } of entries) {
      const key = (target as HTMLElement).dataset.key;
      const height = borderBoxSize[0]?.blockSize;
      if (key === undefined || !height || this.heights.get(key) === height) continue;
      this.heights.set(key, height);
      changed = true;
    }
    if (changed) this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "homelab-virtual-list": VirtualList;
  }
}
