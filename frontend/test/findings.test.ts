import { expect, test } from "vitest";
import type { Finding } from "../src/api";
import { grouped } from "../src/findings";

const finding = (fields: Partial<Finding>): Finding => ({
  id: crypto.randomUUID(),
  cluster: "home",
  kind: "Pod",
  namespace: "media",
  name: "jellyfin-0",
  owner: null,
  category: "other",
  severity: "warning",
  errors: [],
  explanation: "",
  sources: ["k8sgpt"],
  first_seen: "2026-11-22T19:00:00Z",
  times_seen: 1,
  state: "open",
  until: null,
  ...fields,
});

test("what belongs to one workload stands together, the worst first", () => {
  const owner = { kind: "Deployment", name: "jellyfin" };
  const groups = grouped([
    finding({ name: "sonarr", severity: "info" }),
    finding({ owner, severity: "warning" }),
    finding({ owner, severity: "critical", name: "jellyfin-1" }),
  ]);
  expect(groups.map((each) => [each.name, each.severity, each.findings.length])).toEqual([
    ["jellyfin", "critical", 2],
    ["sonarr", "info", 1],
  ]);
  expect(groups[0]?.findings[0]?.name).toBe("jellyfin-1");
});

test("the same name in another namespace, of another kind or in another cluster is another workload", () => {
  const same = [{}, { namespace: "web" }, { kind: "Service" }, { cluster: "office" }].map(finding);
  expect(grouped(same)).toHaveLength(4);
});

test("of equally bad ones the older comes first", () => {
  const groups = grouped([
    finding({ name: "young", first_seen: "2026-11-22T19:00:00Z" }),
    finding({ name: "old", first_seen: "2026-11-20T19:00:00Z" }),
  ]);
  expect(groups.map((each) => each.name)).toEqual(["old", "young"]);
});
