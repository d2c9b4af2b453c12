/** A unified diff as lines with their numbers, and the parts of a YAML or HCL line by what they mean. */

export interface Line {
  sign: "+" | "-" | " ";
  before: number | null;
  after: number | null;
  text: string;
}

export interface FileDiff {
  path: string;
  hunks: Line[][];
}

export interface Token {
  kind: "comment" | "key" | "string" | "value" | "plain";
  text: string;
}

type Four = [number, number, number, number];

const HUNK = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

export function parsed(diff: string): FileDiff[] {
  const files: FileDiff[] = [];
  let [before, after, removed, added] = [0, 0, 0, 0]; // the next line's numbers, and how many the hunk still has
  const lines = diff.split("\n");
  for (const [index, line] of lines.entries()) {
    const sign = line[0];
    if ((removed || added) && (sign === "+" || sign === "-" || sign === " ")) {
      const number = { before: sign === "+" ? null : before++, after: sign === "-" ? null : after++ };
      if (sign !== "+") removed--;
      if (sign !== "-") added--;
      files
        .at(-1)
        ?.hunks.at(-1)
        ?.push({ sign, ...number, text: line.slice(1) });
    } else if (line.startsWith("--- ")) {
      files.push({ path: named(lines[index + 1] ?? "", line), hunks: [] });
    } else {
      const place = HUNK.exec(line);
      if (!place) continue;
      [before, removed, after, added] = [place[1], place[2] ?? 1, place[3], place[4] ?? 1].map(Number) as Four;
      files.at(-1)?.hunks.push([]);
    }
  }
  return files;
}

function named(after: string, before: string): string {
  const line = after.includes("/dev/null") ? before : after;
  return (
    line
      .slice(4)
      .replace(/^[ab]\//, "")
      .split("\t")[0] ?? ""
  );
}

const TOKENS =
  /(?<comment>(?:^|(?<=\s))(?:#|\/\/).*$)|(?<key>^\s*(?:- )*[\w./"-]+(?=\s*[:=](?:\s|$)))|(?<string>"(?:[^"\\]|\\.)*"|'[^']*')|(?<value>(?<![\w.-])(?:true|false|null|-?\d[\w.]*)(?![\w./:-]))/g;

export function tokens(text: string): Token[] {
  const found: Token[] = [];
  let end = 0;
  for (const match of text.matchAll(TOKENS)) {
    if (match.index > end) found.push({ kind: "plain", text: text.slice(end, match.index) });
    const kind = Object.entries(match.groups ?? {}).find(([, part]) => part !== undefined)?.[0] as Token["kind"];
    found.push({ kind, text: match[0] });
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ kind: "plain", text: text.slice(end) });
  return found;
}
