/** A diff with line numbers and the colours of its syntax. Everything in it is shown as text. */

import { css, html, LitElement } from "lit";
import { customElement, property } from "lit/decorators.js";
import { guard } from "lit/directives/guard.js";
import { type FileDiff, type Line, type Token, parsed, tokens } from "../diff";
import { shared } from "../styles";

@customElement("homelab-diff")
export class DiffView extends LitElement {
  static override styles = [
    shared,
    css`
      figure {
        border: 1px solid var(--line);
        border-radius: 8px;
        overflow: hidden;
        margin-top: 8px;
      }
      figcaption {
        padding: 8px 12px;
        background: var(--soft);
        border-bottom: 1px solid var(--line);
      }
      .code {
        overflow-x: auto;
        font-family: var(--mono);
        font-size: 0.8125rem;
        line-height: 1.6;
        tab-size: 2;
      }
      table {
        border-collapse: collapse;
        width: 100%;
      }
      td {
        padding: 0 10px;
      }
      code {
        font: inherit;
        white-space: pre;
      }
      td.number {
        width: 1%;
        text-align: right;
        color: var(--faint);
        user-select: none;
        padding: 0 8px;
      }
      td.sign {
        width: 1%;
        padding: 0;
        user-select: none;
      }
      tr.added {
        background: color-mix(in srgb, var(--good) 16%, var(--paper));
      }
      tr.removed {
        background: color-mix(in srgb, var(--bad) 14%, var(--paper));
      }
      tr.added td.number,
      tr.removed td.number {
        color: var(--ink);
      }
      tbody + tbody tr:first-child td {
        border-top: 1px dashed var(--line);
      }
      .key {
        color: color-mix(in srgb, #3f51b5 40%, var(--ink));
      }
      .string {
        color: color-mix(in srgb, #2e7d32 45%, var(--ink));
      }
      .value {
        color: color-mix(in srgb, #c2185b 50%, var(--ink));
      }
      .comment {
        color: color-mix(in srgb, var(--ink) 72%, var(--paper));
        font-style: italic;
      }
    `,
  ];

  @property() diff = "";
  @property() label = "";

  protected override render() {
    return guard([this.diff, this.label], () => parsed(this.diff).map((file) => this.file(file)));
  }

  private file(file: FileDiff) {
    return html`
      <figure>
        <figcaption class="mono break">${file.path}</figcaption>
        <div class="code" tabindex="0" role="region" aria-label="${this.label} ${file.path}">
          <table>
            ${file.hunks.map(
              (hunk) =>
                html`<tbody>
                  ${hunk.map((line) => this.line(line))}
                </tbody>`,
            )}
          </table>
        </div>
      </figure>
    `;
  }

  private line({ sign, before, after, text }: Line) {
    const kind = sign === "+" ? "added" : sign === "-" ? "removed" : "";
    const parts = tokens(text).map((each) => this.token(each));
    return html`<tr class=${kind}>
      <td class="number">${before ?? ""}</td>
      <td class="number">${after ?? ""}</td>
      <td class="sign">${sign}</td>
      <td><code>${parts}</code></td>
    </tr>`;
  }

  private token({ kind, text }: Token) {
    return kind === "plain" ? text : html`<span class=${kind}>${text}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "homelab-diff": DiffView;
  }
}
