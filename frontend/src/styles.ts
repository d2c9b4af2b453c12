/** What all views share. Colours are Home Assistant's; those that carry text are deepened until it can be read. */

import { css } from "lit";

export const theme = css`
  :host {
    --accent: var(--primary-color, #009ac7);
    --ink: var(--primary-text-color, #141414);
    --faint: color-mix(in srgb, var(--ink) 68%, var(--paper));
    --paper: var(--card-background-color, #fff);
    --ground: var(--primary-background-color, #fafafa);
    --line: var(--divider-color, #e0e0e0);
    --bad: var(--error-color, #db4437);
    --warn: var(--warning-color, #ffa600);
    --good: var(--success-color, #43a047);
    --know: var(--info-color, #039be5);
    --mixer: #000;
    --share: 55%;
    --accent-ink: color-mix(in srgb, var(--accent) var(--share), var(--mixer));
    --bad-ink: color-mix(in srgb, var(--bad) var(--share), var(--mixer));
    --warn-ink: color-mix(in srgb, var(--warn) calc(var(--share) - 10%), var(--mixer));
    --good-ink: color-mix(in srgb, var(--good) var(--share), var(--mixer));
    --mono: ui-monospace, "Roboto Mono", SFMono-Regular, Menlo, monospace;
    --radius: var(--ha-card-border-radius, 12px);
    --soft: color-mix(in srgb, var(--ink) 5%, var(--paper));
    color: var(--ink);
    font-family: var(--ha-font-family-body, Roboto, Noto, sans-serif);
    -webkit-font-smoothing: antialiased;
  }
  :host([dark]) {
    --mixer: #fff;
    --share: 60%;
    --warn-ink: color-mix(in srgb, var(--warn) var(--share), var(--mixer));
  }
`;

export const shared = css`
  * {
    box-sizing: border-box;
  }
  h1,
  h2,
  h3,
  p,
  ul,
  dl,
  dd,
  figure {
    margin: 0;
    padding: 0;
  }
  ul {
    list-style: none;
  }
  h2 {
    font-size: 1.125rem;
    font-weight: 500;
    line-height: 1.4;
  }
  h3 {
    font-size: 1rem;
    font-weight: 500;
    line-height: 1.4;
  }
  .card {
    background: var(--paper);
    border: 1px solid var(--line);
    border-radius: var(--radius);
    padding: 16px 20px;
  }
  .faint {
    color: var(--faint);
  }
  .small {
    font-size: 0.8125rem;
    line-height: 1.45;
  }
  .mono {
    font-family: var(--mono);
    font-size: 0.8125rem;
  }
  .row {
    display: flex;
    align-items: center;
    gap: 8px;
    flex-wrap: wrap;
  }
  .spread {
    justify-content: space-between;
  }
  .grow {
    flex: 1;
    min-width: 0;
  }
  .break {
    overflow-wrap: anywhere;
  }
  a {
    color: var(--accent-ink);
  }
  button,
  .button {
    appearance: none;
    display: inline-flex;
    align-items: center;
    justify-content: center;
    gap: 6px;
    min-height: 40px;
    padding: 0 16px;
    border: 1px solid var(--line);
    border-radius: 20px;
    background: transparent;
    color: var(--accent-ink);
    font: inherit;
    font-size: 0.875rem;
    font-weight: 500;
    text-decoration: none;
    cursor: pointer;
    transition: background 120ms;
  }
  button:hover,
  .button:hover {
    background: color-mix(in srgb, var(--accent) 12%, transparent);
  }
  button:focus-visible,
  a:focus-visible,
  summary:focus-visible,
  textarea:focus-visible {
    outline: 2px solid var(--accent-ink);
    outline-offset: 2px;
  }
  button:disabled {
    opacity: 0.5;
    cursor: default;
  }
  button.filled {
    border-color: transparent;
    background: color-mix(in srgb, var(--accent) 22%, var(--paper));
    color: var(--ink);
  }
  button.filled:hover {
    background: color-mix(in srgb, var(--accent) 34%, var(--paper));
  }
  button.danger {
    color: var(--bad-ink);
  }
  button.bare {
    border-color: transparent;
    padding: 0 8px;
  }
  svg.icon {
    width: 20px;
    height: 20px;
    fill: currentColor;
    flex: none;
  }
  .badge {
    display: inline-flex;
    align-items: center;
    gap: 4px;
    padding: 2px 10px;
    border-radius: 12px;
    font-size: 0.75rem;
    font-weight: 500;
    line-height: 1.5;
    white-space: nowrap;
    background: var(--soft);
    color: var(--ink);
  }
  .badge.break {
    white-space: normal;
  }
  .badge.bad {
    background: color-mix(in srgb, var(--bad) 16%, var(--paper));
  }
  .badge.warn {
    background: color-mix(in srgb, var(--warn) 22%, var(--paper));
  }
  .badge.good {
    background: color-mix(in srgb, var(--good) 18%, var(--paper));
  }
  .badge.know {
    background: color-mix(in srgb, var(--accent) 18%, var(--paper));
  }
  .note {
    border-left: 3px solid var(--line);
    padding: 4px 0 4px 12px;
  }
  .note.bad {
    border-color: var(--bad);
  }
  .note.warn {
    border-color: var(--warn);
  }
  .empty {
    display: grid;
    justify-items: center;
    gap: 8px;
    padding: 64px 24px;
    text-align: center;
    color: var(--faint);
  }
  .empty > svg.icon {
    width: 48px;
    height: 48px;
    opacity: 0.6;
  }
  .empty h2 {
    color: var(--ink);
  }
  .sr {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    * {
      transition: none !important;
      animation: none !important;
    }
  }
`;
