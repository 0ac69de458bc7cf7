import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { UserError } from "../lib/errors.ts";
import { type Normalised, normalise } from "../spec/normalise.ts";
import type { OnFile } from "./bundle.ts";
import { parseDataFile } from "./data-file.ts";
import { shownFile } from "./shown-file.ts";

const names = [
  "gantry.config.ts",
  "gantry.config.mts",
  "gantry.config.js",
  "gantry.config.mjs",
  "gantry.json",
  "gantry.yaml",
  "gantry.yml",
];

/** The spec for a folder: its own, or that of the nearest folder above. */
export function findSpec(from: string): string {
  // Node knows names that are no UTF-8 only by what it reads them as.
  if (from.includes("\ufffd") && !existsSync(from))
    throw new UserError("bad-place", `${from} is a folder whose name is no UTF-8`, { hint: "give it another name" });
  for (let folder = path.resolve(from); ; folder = path.dirname(folder)) {
    for (const name of names) if (existsSync(path.join(folder, name))) return path.join(folder, name);
    if (folder === path.dirname(folder)) break;
  }
  throw new UserError("no-spec", `there is no gantry.config.ts in ${path.resolve(from)} or above it`, {
    hint: "gantry init writes one; --config names another file",
  });
}

/** Reads a spec, whatever it is written in. Throws a UserError that carries the problems when it cannot be read. */
export async function loadSpec(given: string, onFile?: OnFile): Promise<Normalised> {
  const file = path.resolve(given);
  const shownAs = shownFile(file);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat)
    throw new UserError("no-spec", `${shownAs} does not exist`, {
      hint: "gantry init writes a spec; --config names another file",
    });
  if (!stat.isFile())
    throw new UserError("no-spec", `${shownAs} is not a file`, { hint: "name the spec itself, as gantry.config.ts" });
  if (/\.(?:json|ya?ml)$/.test(file)) {
    if (stat.size > 64 * 2 ** 20)
      throw new UserError("too-large", `${shownAs} has ${Math.round(stat.size / 2 ** 20)} MiB`, {
        hint: "is it the right file?",
      });
    const bytes = readFileSync(file);
    onFile?.(file, bytes);
    return parseDataFile(bytes, shownAs);
  }
  if (!/\.[cm]?[jt]s$/.test(file))
    throw new UserError("no-spec", `${shownAs} is neither TypeScript, JavaScript, JSON nor YAML`, {
      hint: "name the spec itself, as gantry.config.ts",
    });
  const [{ evaluateSpec }, gantry] = await Promise.all([import("./evaluate.ts"), import("../spec/index.ts")]);
  return evaluateSpec(path.resolve(file), shownAs, gantry, (product) => normalise(product, shownAs), onFile);
}
