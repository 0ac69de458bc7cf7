// Installs what package-lock.json names when node_modules does not hold it, and runs no dependency's install script.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));

/** Every package of the lock that this machine has to have is there, in the version that the lock names. */
function isInstalled() {
  const lock = path.join(root, "node_modules/.package-lock.json");
  if (!existsSync(lock)) return false;
  const wanted = JSON.parse(readFileSync(path.join(root, "package-lock.json"), "utf8")).packages;
  const have = JSON.parse(readFileSync(lock, "utf8")).packages;
  return Object.entries(wanted).every(
    ([name, { version, optional }]) => name === "" || have[name]?.version === version || optional === true,
  );
}

if (!isInstalled()) {
  process.stderr.write("Installing what Gantry needs (npm ci, no install scripts) …\n");
  const npm = process.env.npm_execpath;
  const [command, args] = npm ? [process.execPath, [npm]] : ["npm", []];
  const { status } = spawnSync(command, [...args, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) {
    process.stderr.write("npm ci failed: see above.\n");
    process.exit(status ?? 1);
  }
}
