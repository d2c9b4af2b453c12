import { expect, test } from "vitest";
import { steps } from "../src/parts/field-path";

test("the path of a field may break after its dots, and is the same path then", () => {
  const path = "app-template.controllers.dawarich.containers.server.image.tag";
  expect(steps(path)).toEqual([
    "app-template.",
    "controllers.",
    "dawarich.",
    "containers.",
    "server.",
    "image.",
    "tag",
  ]);
  for (const each of [path, "replicas", "", "a..b", ".hidden", "cores, memory"])
    expect(steps(each).join("")).toBe(each);
});
