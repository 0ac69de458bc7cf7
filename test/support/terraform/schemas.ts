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

const folder = path.join(root, "test/synth/schemas");

export function schemas(): Schemas {
  const all: Record<Kind, Map<string, Type>> = {
    provider: new Map(),
    resource: new Map(),
    data: new Map(),
    ephemeral: new Map(),
  };
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
    const one = JSON.parse(readFileSync(path.join(folder, file), "utf8")) as Partial<Record<Kind, Record<string, Type>>>;
    for (const kind of ["provider", "resource", "data", "ephemeral"] as const)
      for (const [name, type] of Object.entries(one[kind] ?? {})) all[kind].set(name, type);
  }
  return all;
}
