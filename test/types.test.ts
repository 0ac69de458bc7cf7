import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root, temporaryFolder } from "./support/gantry.ts";

const tsc = path.join(root, "node_modules/typescript/bin/tsc");

/** Compiles one file against the built types, as an editor would. */
function compile(text: string): { status: number | null; errors: readonly { line: number; column: number; text: string }[] } {
  const folder = temporaryFolder();
  const options = {
    target: "es2023",
    module: "nodenext",
    strict: true,
    noEmit: true,
    types: [],
    noUncheckedIndexedAccess: true,
    paths: { gantry: [path.join(root, "dist/spec/index.d.ts")] },
  };
  writeFileSync(path.join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options, files: ["spec.ts"] }));
  writeFileSync(path.join(folder, "spec.ts"), text);
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", folder, "--pretty", "false"], { encoding: "utf8" });
  const errors = [...stdout.matchAll(/spec\.ts\((\d+),(\d+)\): error (.*)/g)].map(([, line, column, said]) => ({
    line: Number(line),
    column: Number(column),
    text: said ?? "",
  }));
  return { status, errors };
}

test("the builders' types hold, and refuse what they have to", () => {
  expect(compile(readFileSync(path.join(root, "test/types/builders.ts"), "utf8")).errors).toEqual([]);
});

test("an expected error that is none would be noticed", () => {
  const text = readFileSync(path.join(root, "test/types/builders.ts"), "utf8").replace("{ version: 12 }", "{ version: 13 }");
  expect(compile(text).errors.map((one) => one.text)).toEqual(["TS2578: Unused '@ts-expect-error' directive."]);
});

test("nine mistakes in one spec are nine errors, each at the very word", () => {
  const text = readFileSync(path.join(root, "test/types/mistakes/mistakes.ts"), "utf8");
  const lines = text.split("\n");
  const wanted = [
    `version: 99`,
    `memroy`,
    `"five"`,
    `"web"`,
    `logLevel: "loud"`,
    `bake: 15`,
    `mx: 5`,
    `size: 4`,
    `domain: 5`,
  ].map((word) => {
    const line = lines.findIndex((one) => one.includes(word));
    return `${line + 1}:${(lines[line]?.indexOf(word) ?? 0) + 1}`;
  });
  expect(compile(text).errors.map(({ line, column }) => `${line}:${column}`)).toEqual(wanted);
});
