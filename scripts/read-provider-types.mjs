// node scripts/read-provider-types.mjs <unpacked npm package> <provider> <out> <folder of .tf> …
// A provider's schema from the types of its npm package, as far as the given Terraform files use it: what a newer version of the
// provider takes, where only its types are at hand. They do not tell a list from a set.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

const [unpacked, provider, out, ...folders] = process.argv.slice(2);
if (!unpacked || !provider || !out || folders.length === 0)
  throw new Error("usage: read-provider-types.mjs <package> <provider> <out> <folder> …");

const { name, cdktf } = JSON.parse(readFileSync(path.join(unpacked, "package.json"), "utf8"));
const version = cdktf.provider.version;
const used = { resource: new Set(), data: new Set() };
for (const folder of folders)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".tf")) continue;
    const text = readFileSync(path.join(entry.parentPath, entry.name), "utf8");
    for (const [, kind, type] of text.matchAll(/^(resource|data) "([^"]+)"/gm))
      if (type.startsWith(`${provider}_`)) used[kind].add(type);
  }

const schema = {
  source: `${provider} ${version}, from the types of the npm package ${name}`,
  licence: "MPL-2.0, HashiCorp, Inc.",
  resource: Object.fromEntries([...used.resource].toSorted().map((type) => [type, typeOf(type, "")])),
  data: Object.fromEntries([...used.data].toSorted().map((type) => [type, typeOf(type, "data-")])),
};
// One type a line: what a newer version has otherwise is seen in a diff.
const lines = (kind) => Object.entries(schema[kind]).map(([type, one]) => `    ${JSON.stringify(type)}: ${JSON.stringify(one)}`);
writeFileSync(
  out,
  `{\n  "source": ${JSON.stringify(schema.source)},\n  "licence": ${JSON.stringify(schema.licence)},\n  "resource": {\n${lines("resource").join(",\n")}\n  },\n  "data": {\n${lines("data").join(",\n")}\n  }\n}\n`,
);

function typeOf(type, prefix) {
  const own = type.slice(provider.length + 1);
  const file = path.join(unpacked, "lib", `${prefix}${provider}-${own}`.replaceAll("_", "-"), "index.d.ts");
  const short = path.join(
    unpacked,
    "lib",
    `${prefix === "" ? "" : `data-${provider}-`}${own}`.replaceAll("_", "-"),
    "index.d.ts",
  );
  const found = [short, file].find((one) => existsSync(one));
  if (found === undefined) throw new Error(`${type} is in no file of ${unpacked}`);
  const text = readFileSync(found, "utf8");
  const interfaces = new Map(
    [...text.matchAll(/^export interface (\w+)(?: extends [\w.]+)? \{\n([^]*?)^\}/gm)].map(([, key, body]) => [key, body]),
  );
  const [config] = [...interfaces.keys()];
  const [, shape = ""] =
    /^export declare class \w+ extends cdkt[fn]\.Terraform(?:Resource|DataSource) \{([^]*?)^\}/m.exec(text) ?? [];
  const computed = [...shape.matchAll(/^ {4}get (\w+)\(\)/gm)]
    .map(([, getter]) => snake(getter))
    .filter((getter) => !getter.endsWith("_input") && !["fqn", "friendly_unique_id", "to_string"].includes(getter));
  return { attrs: attributes(interfaces.get(config), interfaces), computed: [...new Set(computed)].toSorted() };
}

function attributes(body, interfaces) {
  return Object.fromEntries(
    [...body.matchAll(/\/\*\*([^]*?)\*\/\s*readonly \w+(\??): ((?:\{[^}]*\}|[^;])+);/g)].flatMap(([, doc, optional, written]) => {
      const [, key] = /#(\w+) /.exec(doc) ?? [];
      if (key === undefined) return [];
      return [[key, attribute(written, { block: /\* \w+ block\n/.test(doc), required: optional === "", interfaces })]];
    }),
  );
}

function attribute(written, { block, required, interfaces }) {
  const text = written.replace(/ ?\| cdkt[fn]\.IResolvable/g, "").replace(/[()\s]/g, "");
  const more = required ? { req: 1 } : {};
  if (block) {
    const struct = text.replace("[]", "");
    const inside = interfaces.get(struct);
    const single = text.endsWith("[]") ? 0 : 1;
    return {
      t: `list<${struct}>`,
      ...more,
      block: 1,
      single,
      ...(inside === undefined ? {} : { attrs: attributes(inside, interfaces) }),
    };
  }
  if (text.startsWith("{")) return { t: `map<${/:(\w+);?\}?$/.exec(text)?.[1] ?? "string"}>`, ...more };
  const plain = text.replace("[]", "");
  const t = /^(string|number|boolean)$/.test(plain) ? plain : "any";
  return { t: text.endsWith("[]") ? `list<${t}>` : t, ...more };
}

function snake(camel) {
  return camel.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
