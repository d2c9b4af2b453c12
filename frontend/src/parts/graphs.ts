/** Small drawings of numbers. */

import { html, svg } from "lit";

const SWEEP = 270; // degrees of a gauge
const RADIUS = 42;
const LENGTH = (2 * Math.PI * RADIUS * SWEEP) / 360;

/** A gauge from 0 to 1; `shown` stands in its middle. A ratio of null is drawn as empty. */
export function gauge(label: string, ratio: number | null, shown: string, tone: "" | "warn" | "bad" = "") {
  const filled = Math.min(Math.max(ratio ?? 0, 0), 1) * LENGTH;
  const dash = `${LENGTH} ${2 * LENGTH}`;
  return html`
    <div
      class="gauge ${tone}"
      role="meter"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${Math.round((ratio ?? 0) * 100)}
      aria-valuetext=${shown}
    >
      <svg viewBox="0 0 100 92" aria-hidden="true">
        <g transform="rotate(135 50 50)" fill="none" stroke-width="8" stroke-linecap="round">
          <circle class="track" cx="50" cy="50" r=${RADIUS} stroke-dasharray=${dash} />
          ${filled > 0 ? svg`<circle class="fill" cx="50" cy="50" r=${RADIUS} stroke-dasharray="${filled} 1000" />` : null}
        </g>
      </svg>
      <span class="value">${shown}</span>
      <span class="label">${label}</span>
    </div>
  `;
}

/** The points of a line through `[time, ratio]` pairs on a 100 by 100 canvas, in pieces where there is none. */
export function polylines(points: readonly (readonly [number, number | null])[], begin: number, end: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  for (const [at, ratio] of points) {
    if (ratio === null) {
      if (line.length) lines.push(line.join(" "));
      line = [];
      continue;
    }
    const x = ((at - begin) / Math.max(end - begin, 1)) * 100;
    line.push(`${x.toFixed(2)},${(100 - Math.min(Math.max(ratio, 0), 1) * 100).toFixed(2)}`);
  }
  if (line.length) lines.push(line.join(" "));
  return lines;
}

/** A ratio over time, from its first point until now. */
export function sparkline(label: string, points: readonly (readonly [number, number | null])[], now: number) {
  const begin = points[0]?.[0] ?? now;
  const lines = polylines(points, begin, now);
  return html`
    <svg class="sparkline" viewBox="0 -4 100 108" preserveAspectRatio="none" role="img" aria-label=${label}>
      ${lines.map((line) => {
        const [first, last] = [line.split(",")[0], line.slice(line.lastIndexOf(" ") + 1).split(",")[0]];
        return svg`
          <polygon class="area" points="${first},104 ${line} ${last},104" />
          <polyline class="line" points=${line} vector-effect="non-scaling-stroke" />
        `;
      })}
    </svg>
  `;
}
