import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { checkProduct } from "../../src/spec/check.ts";
import { type File, synth } from "../../src/synth/index.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { root } from "./gantry.ts";
import { loadExample } from "./spec.ts";

export const exampleNames = ["proveniq-ledger", "bytereview", "codementor", "cpa-platform", "ai-governance"] as const;
export type ExampleName = (typeof exampleNames)[number];

type How = { readonly switches?: Readonly<Record<string, string>>; readonly plain?: boolean };

/** What the files of an example are written of. */
export async function subjectOf(name: ExampleName, { switches = {}, plain = false }: How = {}): Promise<Subject> {
  const { environments } = checkProduct(await loadExample(name));
  const chosen = environments.filter((one, index) => {
    const cases = environments.filter((other) => other.environment === one.environment);
    const wanted =
      cases.find((other) => Object.entries(switches).every(([by, choice]) => other.switches?.[by] === choice)) ?? cases[0];
    return environments[index] === wanted;
  });
  return { name, environments: chosen, library: library(), plain };
}

/** The files of an example, by path. */
export async function filesOf(name: ExampleName, how: How = {}): Promise<ReadonlyMap<string, File>> {
  return new Map(synth(await subjectOf(name, how)).map((file) => [file.path, file]));
}

export function library(): ReadonlyMap<string, string> {
  const folder = path.join(root, "terraform");
  return new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"))
      .toSorted()
      .map((file) => [file, readFileSync(path.join(folder, file), "utf8")]),
  );
}
