import { css } from "lit";

export const changesStyles = css`
  :host {
    display: block;
  }
  .bar {
    min-height: 40px;
    display: flex;
    align-items: center;
    margin-bottom: 8px;
  }
  .change {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 10px;
    margin-bottom: 12px;
  }
  .change.waits {
    border-left: 4px solid var(--warn);
  }
  .change.wrong {
    border-left: 4px solid var(--bad);
  }
  .change.over {
    background: color-mix(in srgb, var(--paper) 60%, var(--ground));
  }
  .head {
    display: flex;
    gap: 12px;
    align-items: center;
    width: 100%;
    min-height: 44px;
    padding: 0;
    border: 0;
    border-radius: 8px;
    color: var(--ink);
    text-align: left;
    font-weight: 400;
  }
  .head:hover {
    background: transparent;
  }
  .title {
    display: block;
    font-size: 1.0625rem;
    font-weight: 500;
    line-height: 1.4;
  }
  .what {
    display: block;
    line-height: 1.5;
  }
  .before {
    text-decoration: line-through;
    color: var(--faint);
  }
  .opened {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 12px;
    justify-items: start;
    padding-top: 4px;
  }
  .opened > homelab-diff,
  .opened > section {
    justify-self: stretch;
    min-width: 0;
  }
  .note li {
    line-height: 1.5;
  }
  .way {
    display: grid;
    grid-template-columns: repeat(6, 1fr);
    gap: 4px;
    margin: 0;
    padding: 0;
    list-style: none;
    font-size: 0.75rem;
  }
  .way li {
    border-top: 4px solid color-mix(in srgb, var(--ink) 14%, var(--paper));
    padding-top: 4px;
    color: var(--faint);
    overflow-wrap: anywhere;
  }
  .way li.done {
    border-top-color: var(--good);
    color: var(--ink);
  }
  .way.wrong li.done:nth-child(5) {
    border-top-color: var(--bad);
  }
  .timeline {
    list-style: none;
    margin: 8px 0 0;
    padding: 0 0 0 18px;
    border-left: 2px solid var(--line);
    display: grid;
    gap: 10px;
  }
  .timeline li {
    position: relative;
    display: grid;
    gap: 1px;
  }
  .timeline li::before {
    content: "";
    position: absolute;
    left: -24px;
    top: 6px;
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: var(--accent);
    border: 2px solid var(--paper);
    box-sizing: border-box;
    outline: 1px solid var(--accent);
  }
  .sure {
    display: grid;
    gap: 12px;
    padding: 14px 16px;
    border-radius: 10px;
    background: color-mix(in srgb, var(--accent) 10%, var(--paper));
  }
  .sure dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 6px 16px;
    align-items: baseline;
  }
  .badge svg.icon {
    width: 14px;
    height: 14px;
  }
  @media (max-width: 600px) {
    .way li span {
      display: none;
    }
    .way li.done:has(+ li:not(.done)) span,
    .way li.done:last-child span {
      display: inline;
      white-space: nowrap;
    }
  }
`;
