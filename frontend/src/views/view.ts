import { LitElement } from "lit";
import { property } from "lit/decorators.js";
import type { Api } from "../api";
import type { Text } from "../text";

/** What every view is given: words, commands, whether the person administers, what scrolls, and the time. */
export class View extends LitElement {
  @property({ attribute: false }) text!: Text;
  @property({ attribute: false }) api!: Api;
  @property({ attribute: false }) scroller: HTMLElement | null = null;
  @property({ type: Boolean }) admin = false;
  @property({ type: Number }) now = Date.now();
}
