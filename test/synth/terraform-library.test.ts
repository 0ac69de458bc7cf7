import path from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, test } from "vitest";
import { root } from "../support/gantry.ts";
import { library } from "../support/synth.ts";
import { moduleProblems, terraformProblems } from "../support/terraform-schema.ts";

// The module library itself: every module by itself is right, and written as a module is.

type Readme = (folder: string, name: string) => Promise<string>;
const generator = pathToFileURL(path.join(root, "scripts/generate/module-readmes.mjs")).href;
const { readmeText } = (await import(generator)) as { readonly readmeText: Readme };

const files = new Map([...library()].map(([path, text]) => [`terraform/${path}`, text]));
const modules = [...new Set([...files.keys()].map((path) => path.split("/").slice(0, 3).join("/")))];

test("no module has a problem", async () => {
  expect(await terraformProblems(files)).toEqual([]);
});

test("every module has its files, its types and its descriptions, and no provider", async () => {
  expect(await moduleProblems(files)).toEqual([]);
});

describe.each(modules)("%s", (module) => {
  test("has a README that follows from it", async () => {
    expect(files.get(`${module}/README.md`)).toBe(await readmeText(path.join(root, module), module.split("/")[2] ?? ""));
  });
});
