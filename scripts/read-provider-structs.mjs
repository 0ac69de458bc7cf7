// node scripts/read-provider-structs.mjs <unpacked @cdktf/provider-x> <schema.json> <type> …
// Fills in the blocks of types whose inside the package keeps in files of their own, in a schema that reduce-provider-schema.mjs wrote.
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const [folder, file, ...types] = process.argv.slice(2);
if (!folder || !file || types.length === 0) throw new Error("usage: read-provider-structs.mjs <package> <schema.json> <type> …");

const schema = JSON.parse(readFileSync(file, "utf8"));
for (const type of types) {
  const name = type.replace(/^[^_]+_/, "").replaceAll("_", "-");
  const structs = interfaces(path.join(folder, "lib", name, "index-structs"));
  const { attrs } = schema.resource[type];
  for (const [attribute, one] of Object.entries(attrs)) {
    const inner = /^list<(\w+)>$/.exec(one.t)?.[1];
    if (inner !== undefined && structs.has(inner))
      attrs[attribute] = { ...(one.req ? { req: 1 } : {}), t: "block", block: 1, single: 1, attrs: attributes(inner, structs) };
  }
}
writeFileSync(file, `${json(schema, 4)}\n`);

/** The arguments of each block, by the name of its interface. */
function interfaces(at) {
  const found = new Map();
  for (const one of readdirSync(at).filter((name) => name.endsWith(".d.ts"))) {
    const text = readFileSync(path.join(at, one), "utf8");
    for (const [, name, body] of text.matchAll(/^export interface (\w+) \{\n([^]*?)^\}/gm)) {
      const args = [...body.matchAll(/#(\w+) \w+#\w+\}\n\s*\*\/\n\s*readonly \w+(\??): ([^;]*(?:;\s*\})?);/g)];
      found.set(name, args);
    }
  }
  return found;
}

function attributes(name, structs) {
  return Object.fromEntries(
    structs.get(name).map(([, attribute, optional, type]) => {
      const required = optional === "" ? { req: 1 } : {};
      const inner = /^(\w+)(\[\])?(?: \| cdktf\.IResolvable)?$/.exec(type);
      return inner && structs.has(inner[1])
        ? [attribute, { ...required, t: "block", block: 1, single: inner[2] ? 0 : 1, attrs: attributes(inner[1], structs) }]
        : [attribute, { t: plain(type), ...required }];
    }),
  );
}

function plain(type) {
  if (type.startsWith("{")) return "map<string>";
  return /^(string|number)\[\]/.test(type) ? `list<${type.split("[")[0]}>` : type.split(" ")[0];
}

/** A line for each argument of a type, as in the schema that is filled in. */
function json(value, depth, indent = "") {
  if (depth === 0 || typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const inner = Object.entries(value).map(
    ([key, one]) => `${indent} ${JSON.stringify(key)}: ${json(one, depth - 1, `${indent} `)}`,
  );
  return inner.length === 0 ? "{}" : `{\n${inner.join(",\n")}\n${indent}}`;
}
