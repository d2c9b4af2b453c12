import { expect, test } from "vitest";
import { parsed, tokens } from "../src/diff";

const DIFF = `--- a/apps/jellyfin.yaml
+++ b/apps/jellyfin.yaml
@@ -5,2 +5,2 @@
 spec:
-  replicas: 1  # one is enough
+  replicas: 3  # one is enough
--- /dev/null
+++ b/apps/new.yaml
@@ -0,0 +1 @@
+kind: Service
`;

test("lines have the numbers of the files they stand in", () => {
  const [jellyfin, added] = parsed(DIFF);
  expect(jellyfin?.path).toBe("apps/jellyfin.yaml");
  expect(jellyfin?.hunks[0]?.map(({ sign, before, after }) => [sign, before, after])).toEqual([
    [" ", 5, 5],
    ["-", 6, null],
    ["+", null, 6],
  ]);
  expect(added).toEqual({
    path: "apps/new.yaml",
    hunks: [[{ sign: "+", before: null, after: 1, text: "kind: Service" }]],
  });
});

test("lines that look like headers are lines", () => {
  const files = parsed("--- a/x.yaml\n+++ b/x.yaml\n@@ -1,2 +1,2 @@\n--- old\n+++ new\n kept\n");
  expect(files).toHaveLength(1);
  expect(files[0]?.hunks[0]?.map(({ sign, text }) => sign + text)).toEqual(["--- old", "+++ new", " kept"]);
});

test("keys, values, strings and comments are told apart, and nothing is lost", () => {
  const line = '  - image: "a#b" # not pinned';
  expect(tokens(line).map(({ kind, text }) => [kind, text])).toEqual([
    ["key", "  - image"],
    ["plain", ": "],
    ["string", '"a#b"'],
    ["plain", " "],
    ["comment", "# not pinned"],
  ]);
  for (const text of ["", "plain", "replicas: 3", "cores = 4 // HCL", "<script>alert(1)</script>", "a: 'b'"]) {
    expect(
      tokens(text)
        .map((token) => token.text)
        .join(""),
    ).toBe(text);
  }
});
