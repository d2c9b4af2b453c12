/** Findings by workload, the worst first. */

import type { Finding, Severity } from "./api";

export interface Group {
  key: string;
  kind: string;
  name: string;
  namespace: string | null;
  cluster: string;
  severity: Severity;
  since: string;
  findings: Finding[];
}

const SEVERITIES: Severity[] = ["critical", "warning", "info"];
const rank = (severity: Severity) => SEVERITIES.indexOf(severity);

export const isHeard = (finding: Finding) => finding.state === "new" || finding.state === "open";

/** Groups by the workload that owns the object, worst and then oldest first; so are the findings in each. */
export function grouped(findings: Iterable<Finding>): Group[] {
  const groups = new Map<string, Group>();
  for (const finding of findings) {
    const { kind, name } = finding.owner ?? finding;
    const key = JSON.stringify([finding.cluster, finding.namespace, kind, name]);
    const group = groups.get(key);
    if (!group) {
      const { namespace, cluster, severity, first_seen: since } = finding;
      groups.set(key, { key, kind, name, namespace, cluster, severity, since, findings: [finding] });
      continue;
    }
    group.findings.push(finding);
    if (rank(finding.severity) < rank(group.severity)) group.severity = finding.severity;
    if (finding.first_seen < group.since) group.since = finding.first_seen;
  }
  for (const group of groups.values()) {
    group.findings.sort((a, b) => rank(a.severity) - rank(b.severity) || compare(a.first_seen, b.first_seen));
  }
  return [...groups.values()].sort(
    (a, b) => rank(a.severity) - rank(b.severity) || compare(a.since, b.since) || compare(a.key, b.key),
  );
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
