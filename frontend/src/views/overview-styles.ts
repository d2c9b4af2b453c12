import { css } from "lit";

export const overviewStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  h2,
  h3,
  li,
  .grow,
  .small {
    overflow-wrap: anywhere;
  }
  .columns {
    display: grid;
    gap: 16px;
    grid-template-columns: repeat(auto-fit, minmax(min(340px, 100%), 1fr));
    align-items: start;
  }
  .card {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
    container: card / inline-size;
  }
  .card.wide {
    grid-column: 1 / -1;
  }
  .card.missing {
    border-style: dashed;
    justify-items: start;
    gap: 8px;
  }
  .health {
    display: flex;
    gap: 12px;
    align-items: center;
    padding: 14px 20px;
    border-radius: var(--radius);
    background: var(--soft);
  }
  .health.good {
    background: color-mix(in srgb, var(--good) 14%, var(--paper));
  }
  .health.bad {
    align-items: start;
    flex-wrap: wrap;
    background: color-mix(in srgb, var(--bad) 12%, var(--paper));
  }
  .health .grow {
    flex-basis: 220px;
  }
  .health svg.icon {
    margin-top: 2px;
  }
  .health.good svg.icon {
    color: var(--good-ink);
  }
  .health.bad svg.icon {
    color: var(--bad-ink);
  }
  .health li {
    margin-top: 4px;
    line-height: 1.5;
  }
  .gpu {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
  }
  .gauges {
    display: flex;
    flex-wrap: wrap;
    gap: 12px;
    align-items: center;
  }
  .gauge {
    position: relative;
    flex: 0 1 112px;
    min-width: 84px;
    display: grid;
    justify-items: center;
  }
  .gauge svg {
    width: 100%;
  }
  .gauge .track {
    stroke: color-mix(in srgb, var(--ink) 10%, var(--paper));
  }
  .gauge .fill {
    stroke: var(--accent);
    transition: stroke-dasharray 400ms;
  }
  .gauge.warn .fill {
    stroke: var(--warn);
  }
  .gauge.bad .fill {
    stroke: var(--bad);
  }
  .gauge .value {
    position: absolute;
    top: 38%;
    transform: translateY(-20%);
    font-size: 1.125rem;
    font-weight: 500;
  }
  .gauge .label {
    font-size: 0.8125rem;
    color: var(--faint);
    margin-top: -10px;
  }
  .trend {
    flex: 1 1 260px;
    display: grid;
    gap: 4px;
  }
  .sparkline {
    width: 100%;
    height: 88px;
    border-bottom: 1px solid var(--line);
  }
  .sparkline .line {
    fill: none;
    stroke: var(--accent);
    stroke-width: 2;
    stroke-linejoin: round;
  }
  .sparkline .area {
    fill: color-mix(in srgb, var(--accent) 16%, transparent);
  }
  .models {
    display: grid;
    gap: 12px;
    grid-template-columns: repeat(auto-fit, minmax(min(280px, 100%), 1fr));
  }
  .bar {
    height: 6px;
    border-radius: 3px;
    margin: 6px 0;
    background: color-mix(in srgb, var(--ink) 10%, var(--paper));
    overflow: hidden;
  }
  .bar div {
    height: 100%;
    background: var(--accent);
  }
  .bar.warn div {
    background: var(--warn);
  }
  .tiles {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(96px, 1fr));
    gap: 12px;
  }
  @container card (max-width: 440px) {
    .tiles:not(.few) {
      grid-template-columns: repeat(auto-fit, minmax(128px, 1fr));
    }
  }
  .tile {
    display: grid;
    align-content: start;
    gap: 2px;
    padding: 12px 14px;
    border-radius: 10px;
    background: var(--soft);
  }
  .tile.good {
    background: color-mix(in srgb, var(--good) 12%, var(--paper));
  }
  .tile.warn {
    background: color-mix(in srgb, var(--warn) 16%, var(--paper));
  }
  .tile.bad {
    background: color-mix(in srgb, var(--bad) 12%, var(--paper));
  }
  .tile dt,
  .tile dd.below {
    font-size: 0.8125rem;
    color: color-mix(in srgb, var(--ink) 76%, var(--paper));
  }
  .tile dd:not(.below) {
    font-size: 1.5rem;
    font-weight: 500;
    line-height: 1.3;
  }
  .tile .of {
    font-size: 1rem;
    font-weight: 400;
  }
  .tile .button {
    justify-self: start;
    min-height: 32px;
    padding: 0 12px;
    margin-top: 4px;
    border-color: color-mix(in srgb, var(--ink) 20%, transparent);
    color: var(--ink);
  }
  @media (max-width: 600px) {
    .gauges {
      gap: 8px;
    }
    .gauge {
      flex: 1 1 84px;
    }
    .trend {
      flex-basis: 100%;
    }
    .sparkline {
      height: 56px;
    }
  }
  details summary {
    cursor: pointer;
    font-size: 0.875rem;
    padding: 4px 0;
  }
  details ul {
    padding: 4px 0 4px 16px;
    display: grid;
    gap: 2px;
  }
`;
