// All tests: installs and builds what they need, checks types, lint, format and generated files, and runs vitest.
import "./install.mjs";
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const step = (title, file, ...args) => {
  process.stdout.write(`\n▸ ${title}\n`);
  const { status } = spawnSync(process.execPath, [file, ...args], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) {
    process.stdout.write(`✗ ${title} failed\n`);
    process.exit(status ?? 1);
  }
};

const given = process.argv.slice(2);
if (given.length === 0) step("check: types, lint, format, generated files", "scripts/check.mjs");
step("tests", "node_modules/vitest/vitest.mjs", "run", ...given);
