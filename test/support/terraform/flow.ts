import { posix } from "node:path";
import { type Block, type Body, type Folder, parsedTree } from "./parsed.ts";
import { type Reference, referencesIn } from "./references.ts";

/** Which values of a root come from which: from a resource's attribute through outputs, variables and locals to whatever takes it. */
export type Flow = {
  /** Places are written `db:output.url`, `db:google_sql_user.this`, and without a module before the colon in the root. */
  readonly reaches: (from: string, to: string) => boolean;
  readonly places: ReadonlySet<string>;
};

export async function flowOf(files: ReadonlyMap<string, string>, root: string): Promise<Flow> {
  const { folders } = await parsedTree(files);
  const next = new Map<string, Set<string>>();
  const places = new Set<string>();
  const connect = (from: string, to: string) => next.set(from, (next.get(from) ?? new Set()).add(to));

  const walk = (folder: Folder, instance: string) => {
    const at = (name: string) => `${instance}:${name}`;
    const inside = (call: string) => (instance === "" ? call : `${instance}.${call}`);
    const calls = new Map<string, Folder>();
    for (const { type, labels, body } of folder.blocks) {
      const called =
        type === "module" ? folders.get(posix.normalize(posix.join(folder.path, String(body["source"])))) : undefined;
      if (called) calls.set(labels[0] ?? "", called);
    }
    const source = ({ root: from, steps }: Reference): string => {
      if (from === "module") return `${inside(steps[0] ?? "")}:output.${steps[1] ?? ""}`;
      if (from === "data" || from === "ephemeral") return at(`${from}.${steps[0] ?? ""}.${steps[1] ?? ""}`);
      return at(`${from}.${steps[0] ?? ""}`);
    };
    const take = (value: Body[string], to: string) => {
      places.add(to);
      for (const one of referencesIn(value)) connect(source(one), to);
    };
    for (const block of folder.blocks) {
      if (block.type === "locals") for (const [name, value] of Object.entries(block.body)) take(value, at(`local.${name}`));
      else if (block.type === "module")
        for (const [name, value] of Object.entries(block.body)) take(value, `${inside(block.labels[0] ?? "")}:var.${name}`);
      else if (block.type === "output") take(block.body["value"] ?? null, at(nameOf(block)));
      else if (block.type !== "variable") take(block.body, at(nameOf(block)));
    }
    for (const [call, called] of calls) walk(called, inside(call));
  };
  const top = folders.get(root);
  if (top) walk(top, "");

  const reaches = (from: string, to: string) => {
    const seen = new Set([from]);
    const queue = [from];
    for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
      if (place === to) return true;
      for (const one of next.get(place) ?? [])
        if (!seen.has(one)) {
          seen.add(one);
          queue.push(one);
        }
    }
    return false;
  };
  return { reaches, places };
}

function nameOf({ type, labels }: Block): string {
  return type === "resource" ? labels.join(".") : [type, ...labels].join(".");
}
