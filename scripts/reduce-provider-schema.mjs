// node scripts/reduce-provider-schema.mjs <full.json.gz> <out> <folder of .tf> …
// Keeps of a provider's schema what the given Terraform files use, so that tests can check them where there is no provider.
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

const versions = { google: "6.50.0", aws: "5.100.0", azurerm: "4.55.0", kubernetes: "2.38.0" };
const [full, out, ...folders] = process.argv.slice(2);
if (!full || !out || folders.length === 0) throw new Error("usage: reduce-provider-schema.mjs <full.json.gz> <out> <folder> …");

const schema = JSON.parse(gunzipSync(readFileSync(full)));
const used = { resource: new Set(), data: new Set() };
for (const folder of folders)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith(".tf")) continue;
    const text = readFileSync(path.join(entry.parentPath, entry.name), "utf8");
    for (const [, kind, type] of text.matchAll(/^(resource|data) "([^"]+)"/gm)) used[kind].add(type);
  }

const [provider] = Object.keys(schema.provider);
const reduced = {
  source: `${provider} ${versions[provider]}, from the npm package @cdktf/provider-${provider}`,
  licence: "MPL-2.0, HashiCorp, Inc.",
  // Nobody sets another endpoint for one service.
  provider: { [provider]: type(without(schema.provider[provider], /_custom_endpoint$/)) },
  resource: types("resource"),
  data: types("data"),
  // The packages know nothing of these: they are written by hand, from the provider's documentation.
  ...(existsSync(out) ? kept(JSON.parse(readFileSync(out, "utf8"))) : {}),
};
writeFileSync(out, `${json(reduced, 4)}\n`);

function kept({ ephemeral }) {
  return ephemeral === undefined ? {} : { ephemeral };
}

function types(kind) {
  const wanted = [...used[kind]].filter((name) => Object.hasOwn(schema[kind], name)).toSorted();
  return Object.fromEntries(wanted.map((name) => [name, type(schema[kind][name])]));
}

function without({ attrs }, unwanted) {
  return { attrs: Object.fromEntries(Object.entries(attrs).filter(([name]) => !unwanted.test(name))) };
}

/** What a type has beyond its arguments is named once, without the names inside its blocks that repeat those. */
function type({ attrs, computed = [] }) {
  return { attrs, computed: computed.filter((name) => !Object.hasOwn(attrs, name)).toSorted() };
}

/** A line for each argument of a type: small, and a change shows as one. */
function json(value, depth, indent = "") {
  if (depth === 0 || typeof value !== "object" || value === null || Array.isArray(value)) return JSON.stringify(value);
  const inner = Object.entries(value).map(
    ([key, one]) => `${indent} ${JSON.stringify(key)}: ${json(one, depth - 1, `${indent} `)}`,
  );
  return inner.length === 0 ? "{}" : `{\n${inner.join(",\n")}\n${indent}}`;
}
