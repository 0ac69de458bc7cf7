// Writes the files that follow from others; with --check says which of them are out of date, and writes nothing.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { lintConfig } from "./generate/lint-config.mjs";
import { moduleReadmes } from "./generate/module-readmes.mjs";
import { productSchemaText } from "./generate/product-schema.mjs";
import { requirementsText } from "./generate/requirements.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const files = {
  ".oxlintrc.json": lintConfig(),
  "schema/product.schema.json": await productSchemaText(),
  "docs/requirements.md": await requirementsText(),
  ...(await moduleReadmes()),
};

const stale = Object.entries(files).filter(
  ([name, text]) => !existsSync(path.join(root, name)) || readFileSync(path.join(root, name), "utf8") !== text,
);
if (process.argv.includes("--check")) {
  for (const [name] of stale) process.stdout.write(`${name} is out of date: npm run generate\n`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [name, text] of stale) {
    mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    writeFileSync(path.join(root, name), text);
    process.stdout.write(`wrote ${name}\n`);
  }
}
