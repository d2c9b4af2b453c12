import { css } from "lit";

export const findingsStyles = css`
  :host {
    display: block;
  }
  .bar {
    min-height: 40px;
    margin-bottom: 8px;
  }
  .group {
    margin-top: 12px;
    padding: 12px 20px;
    background: var(--paper);
    border: 1px solid var(--line);
    border-top: 3px solid var(--line);
    border-radius: var(--radius) var(--radius) 0 0;
  }
  .group .grow {
    flex-basis: 80px;
  }
  .group.bad {
    border-top-color: var(--bad);
  }
  .group.warn {
    border-top-color: var(--warn);
  }
  .group.know {
    border-top-color: var(--know);
  }
  .finding {
    display: grid;
    gap: 10px;
    padding: 14px 20px;
    background: var(--paper);
    border: 1px solid var(--line);
    border-top: 0;
  }
  .finding.last {
    border-radius: 0 0 var(--radius) var(--radius);
  }
  .errors {
    display: grid;
    gap: 4px;
    padding: 8px 12px;
    border-radius: 8px;
    background: var(--soft);
    line-height: 1.5;
    white-space: pre-wrap;
  }
  summary {
    cursor: pointer;
    display: flex;
    gap: 6px;
    align-items: center;
    font-size: 0.875rem;
    width: fit-content;
    padding: 4px 0;
  }
  details[open] summary svg.icon:last-child {
    transform: rotate(180deg);
  }
  .unheard {
    margin-bottom: 8px;
  }
  .model {
    white-space: pre-wrap;
    line-height: 1.55;
    padding: 8px 0 0 12px;
    margin-left: 8px;
    border-left: 3px solid var(--line);
  }
  .answer {
    display: grid;
    gap: 6px;
    justify-items: start;
  }
  .answer .badge svg.icon {
    width: 14px;
    height: 14px;
  }
  .actions {
    margin-top: 2px;
  }
  .actions button {
    min-height: 36px;
    padding: 0 14px;
  }
  .snoozes {
    flex-basis: 100%;
  }
`;
