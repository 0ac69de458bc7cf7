// `gantry synth` as a whole process: the largest example, and made products of many services. Beside it, where Terraform is there,
// `terraform fmt -check` on the same tree in the same run.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import { median, times, whole } from "./measure.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const main = path.join(root, "dist/run/main.js");
const spec = (name) => readdirSync(path.join(root, "examples", name)).filter((file) => file.endsWith(".ts"));

export function measureSynth(say) {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-synth-"));
  try {
    return [...example(folder, say), ...made(folder, say)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const time = (cwd, command, args, env = {}) => {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return performance.now() - start;
};
const synth = (cwd) => time(cwd, process.execPath, [main, "synth"]);

/** The example with the most files, written into an empty folder and then looked through again. */
function example(folder, say) {
  const count = (name) =>
    Object.keys(JSON.parse(readFileSync(path.join(root, "examples", name, "gantry.files.json"), "utf8")).files).length;
  const largest = readdirSync(path.join(root, "examples"))
    .filter((name) => name !== "shared")
    .toSorted((a, b) => count(b) - count(a))[0];
  const fmt = spawnSync("terraform", ["version"]).status === 0;
  const [first, second, checked] = [[], [], []];
  for (let turn = 0; turn < 8; turn++) {
    const at = path.join(folder, `example-${turn}`);
    mkdirSync(at);
    for (const file of spec(largest)) cpSync(path.join(root, "examples", largest, file), path.join(at, file));
    const [one, two] = [synth(at), synth(at)];
    const three = fmt
      ? time(at, "terraform", ["fmt", "-check", "-recursive"], { CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" })
      : 0;
    // The first turn warms the caches.
    if (turn === 0) continue;
    first.push(one);
    second.push(two);
    checked.push(three);
  }
  say(`${largest}: ${count(largest)} files`);
  const again = median(second.map((ms, turn) => ms / first[turn]));
  const beside = fmt ? `\`terraform fmt -check\` of the same tree: ${whole(median(checked))}` : "Terraform is not installed";
  const ratio = fmt ? times(median(first.map((ms, turn) => ms / checked[turn]))) : "–";
  return [
    [
      `\`gantry synth\` of the largest example, ${count(largest)} files, into an empty folder`,
      whole(median(first)),
      beside,
      ratio,
      "under 1 s",
      median(first) < 1_000,
    ],
    [
      "the same again, when nothing has changed",
      whole(median(second)),
      `the first time: ${whole(median(first))}`,
      times(again),
      "under 0.5 ×",
      again < 0.5,
    ],
  ];
}

function made(folder, say) {
  const sizes = [1_000, 2_000];
  const took = { 1_000: [], 2_000: [] };
  for (let turn = 0; turn < 5; turn++)
    for (const services of sizes) {
      const at = path.join(folder, `made-${services}-${turn}`);
      mkdirSync(at);
      writeFileSync(path.join(at, "made-product.mjs"), readFileSync(path.join(root, "bench/made-product.mjs")));
      writeFileSync(
        path.join(at, "gantry.config.ts"),
        `import * as gantry from "gantry";\nimport { madeProduct } from "./made-product.mjs";\nexport default madeProduct(gantry, ${services}, { files: true });\n`,
      );
      took[services].push(synth(at));
      if (turn === 0) say(`${services} services: ${readdirSync(at, { recursive: true }).length} files and folders`);
      rmSync(at, { recursive: true });
    }
  const thousand = median(took[1_000]);
  const ratio = median(took[2_000].map((ms, turn) => ms / took[1_000][turn]));
  return [
    [
      "`gantry synth` of 1,000 services in 6 environments",
      whole(thousand),
      "2,000 services, in the same run: " + whole(median(took[2_000])),
      times(thousand / 5_000),
      "under 5 s",
      thousand < 5_000,
    ],
    [
      "2,000 services in 6 environments",
      whole(median(took[2_000])),
      "1,000 services, in the same run",
      times(ratio),
      "at most 2.2 ×",
      ratio <= 2.2,
    ],
  ];
}
