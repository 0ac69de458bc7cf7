// Types, lint (with the arrows between the rooms), format, and that generated files are what their sources say.
import "./install.mjs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const steps = [
  ["build", "scripts/build.mjs"],
  ["types", "node_modules/typescript/bin/tsc", "-p", "tsconfig.json"],
  ["types of the console", "node_modules/typescript/bin/tsc", "-p", "console/tsconfig.json"],
  ["lint", "node_modules/oxlint/bin/oxlint", "--type-aware", "--deny-warnings"],
  ["format", "node_modules/prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."],
  ["generated files", "scripts/generate.mjs", "--check"],
];
for (const [title, file, ...args] of steps) {
  const { status } = spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) {
    process.stdout.write(`✗ ${title}\n`);
    process.exit(status ?? 1);
  }
  process.stdout.write(`✓ ${title}\n`);
}
