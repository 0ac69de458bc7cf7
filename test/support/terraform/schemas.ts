import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { root } from "../gantry.ts";

// What the providers take, reduced to the types in use: see scripts/reduce-provider-schema.mjs.

export type Attribute = {
  readonly t: string;
  readonly req?: 1;
  readonly block?: 1;
  /** 1 where a block may stand only once. */
  readonly single?: 0 | 1;
  readonly enum?: readonly string[];
  readonly attrs?: Attributes;
};
export type Attributes = Readonly<Record<string, Attribute>>;
export type Type = { readonly attrs: Attributes; readonly computed: readonly string[] };
export type Kind = "provider" | "resource" | "data" | "ephemeral";
export type Schemas = Readonly<Record<Kind, ReadonlyMap<string, Type>>>;

const usual = path.join(root, "test/synth/schemas");
/** Of a provider that some products ask for in a newer version: see scripts/read-provider-types.mjs. */
const newer = path.join(usual, "newer");

/** Of the versions that most products pin; with `newer` those of the newer ones where there is one. */
export function schemas(which: "usual" | "newer" = "usual"): Schemas {
  const all: Record<Kind, Map<string, Type>> = {
    provider: new Map(),
    resource: new Map(),
    data: new Map(),
    ephemeral: new Map(),
  };
  const files = [usual, ...(which === "newer" ? [newer] : [])].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => path.join(folder, name)),
  );
  for (const file of files) {
    const one = JSON.parse(readFileSync(file, "utf8")) as Partial<Record<Kind, Record<string, Type>>>;
    for (const kind of ["provider", "resource", "data", "ephemeral"] as const)
      for (const [name, type] of Object.entries(one[kind] ?? {})) all[kind].set(name, type);
  }
  return all;
}
