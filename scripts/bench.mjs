// Measures what docs/benchmarks.md says, on this machine, and writes it there. Each figure is a ratio beside a peer or a bound.
// `npm run bench` measures everything; `npm run bench -- gateway up` only these groups.
import "./install.mjs";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir, totalmem } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { measureApi } from "../bench/api/run.mjs";
import { measureAgreement } from "../bench/agreement/run.mjs";
import { measureChaos } from "../bench/chaos/run.mjs";
import { measureVerdict } from "../bench/chaos/verdict.mjs";
import { measureCompare } from "../bench/compare/run.mjs";
import { measureConsole } from "../bench/console.mjs";
import { measureEngine } from "../bench/engine/run.mjs";
import { faultHeadings, measureFaults } from "../bench/faults/run.mjs";
import { measureGateway } from "../bench/gateway/run.mjs";
import { median, paired, times, whole } from "../bench/measure.mjs";
import { measureProve } from "../bench/prove.mjs";
import { measureRehearse } from "../bench/rehearse/run.mjs";
import { measureSignals } from "../bench/signals/run.mjs";
import { measureSynth } from "../bench/synth.mjs";
import { measureTelemetry } from "../bench/telemetry/run.mjs";
import { measureLint } from "../bench/lint.mjs";
import { measureCycles, measureLoss, measurePreview, measureUp } from "../bench/platform.mjs";

const root = fileURLToPath(new URL("../", import.meta.url));
const node = process.execPath;
const largest = path.join(root, "examples/cpa-platform");
execFileSync(node, ["scripts/build.mjs"], { cwd: root, stdio: "inherit" });

const usualHeadings = ["what", "median", "beside it, in the same run", "ratio", "bound", "holds"];
let headings = usualHeadings;
let rows = [];
const row = (what, figure, beside, ratio, bound, holds) => {
  rows.push({ what, figure, beside, ratio, bound, holds });
  process.stdout.write(`${holds ? "✓" : "✗"} ${what}: ${figure}; ${beside}; ${ratio} (bound: ${bound})\n`);
};

function wholeProcess() {
  const { a, b, ratio } = paired([node, path.join(root, "dist/run/main.js"), "check"], [node, "-e", "0"], {
    runs: 21,
    cwd: largest,
  });
  row(
    "`gantry check` of the largest example, whole process",
    whole(a),
    `bare \`node -e 0\`: ${whole(b)}`,
    times(ratio),
    "at most 6 ×",
    ratio <= 6,
  );
}

function largeProducts() {
  const time = (services) =>
    JSON.parse(execFileSync(node, ["bench/check-made.mjs", String(services)], { cwd: root, encoding: "utf8" }));
  const rounds = Array.from({ length: 9 }, () => [time(1_000), time(2_000)]);
  const thousand = median(rounds.map(([one]) => one.ms));
  const ratio = median(rounds.map(([one, two]) => two.ms / one.ms));
  const beside = median(rounds.map(([one]) => one.copyMs));
  const mebibytes = (rounds[0][0].bytes / 2 ** 20).toFixed(1);
  row(
    "1,000 services × 6 environments: normalise, resolve and check",
    whole(thousand),
    `\`JSON.stringify\` of what comes out (${mebibytes} MiB): ${whole(beside)}`,
    times(thousand / beside),
    "under 1,500 ms",
    thousand < 1_500,
  );
  row(
    "2,000 services × 6 environments",
    whole(median(rounds.map(([, two]) => two.ms))),
    "1,000 services, in the same run",
    times(ratio),
    "at most 2.2 ×",
    ratio <= 2.2,
  );
}

function types() {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-bench-"));
  try {
    const compilerOptions = {
      target: "es2023",
      module: "nodenext",
      strict: true,
      noEmit: true,
      allowImportingTsExtensions: true,
      types: [],
      skipLibCheck: true,
      paths: { gantry: [path.join(root, "dist/spec/index.d.ts")] },
    };
    const project = (name, file) => writeFileSync(path.join(folder, name), JSON.stringify({ compilerOptions, files: [file] }));
    writeFileSync(path.join(folder, "empty.ts"), "export {};\n");
    project("spec.json", path.join(largest, "gantry.config.ts"));
    project("empty.json", "empty.ts");
    const tsc = [node, path.join(root, "node_modules/typescript/bin/tsc"), "-p"];
    const { a, b, ratio } = paired([...tsc, path.join(folder, "spec.json")], [...tsc, path.join(folder, "empty.json")], {
      runs: 11,
      cwd: folder,
    });
    row(
      "`tsc` on the largest example's spec",
      whole(a),
      `\`tsc\` on an empty file: ${whole(b)}`,
      times(ratio),
      "under 2,000 ms",
      a < 2_000,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const say = (text) => process.stdout.write(`  ${text}\n`);
const groups = {
  spec() {
    wholeProcess();
    largeProducts();
    types();
  },
  synth: () => {
    for (const one of measureSynth(say)) row(...one);
  },
  lint: () => {
    for (const one of measureLint(say)) row(...one);
  },
  signals: async () => {
    for (const one of await measureSignals(say)) row(...one);
  },
  compare: async () => {
    for (const one of await measureCompare(say)) row(...one);
  },
  rehearse: async () => {
    for (const one of await measureRehearse(say)) row(...one);
  },
  agreement: async () => {
    for (const one of await measureAgreement(say)) row(...one);
  },
  gateway: async () => {
    for (const one of await measureGateway(say)) row(one.what, one.figure, one.beside, one.ratio, one.bound, one.holds);
  },
  telemetry: () => {
    for (const one of measureTelemetry(say)) row(...one);
  },
  faults: async () => {
    headings = faultHeadings;
    for (const cells of await measureFaults(say)) rows.push({ cells, holds: cells.at(-1) === "yes" });
  },
  engine: async () => {
    for (const one of await measureEngine(say)) row(...one);
  },
  chaos: async () => {
    for (const one of await measureChaos(say)) row(...one);
  },
  "way back": async () => {
    for (const one of await measureVerdict(say)) row(...one);
  },
  up: async () => {
    for (const one of await measureUp(say)) row(...one);
  },
  prove: () => {
    for (const one of measureProve()) row(...one);
  },
  preview: () => {
    for (const one of measurePreview(say)) row(...one);
  },
  "no loss": async () => {
    for (const one of await measureLoss(say)) row(...one);
  },
  api: async () => {
    for (const one of await measureApi(say)) row(...one);
  },
  console: async () => {
    for (const one of await measureConsole(say)) row(...one);
  },
  cycles: () => {
    for (const one of measureCycles(say)) row(...one);
  },
};

const file = path.join(root, "docs/benchmarks.md");
const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(groups, name));
if (unknown.length > 0) {
  process.stderr.write(`no such group: ${unknown.join(", ")}; there are ${Object.keys(groups).join(", ")}\n`);
  process.exit(2);
}
let allHold = true;
for (const name of asked.length > 0 ? asked : Object.keys(groups)) {
  [rows, headings] = [[], usualHeadings];
  process.stdout.write(`${name}\n`);
  await groups[name]();
  allHold &&= rows.every((one) => one.holds);
  if (rows.length > 0) write(name);
}
process.exitCode = allHold ? 0 : 1;

/** Puts the group's figures in their place in the page. */
function write(name) {
  const [start, end] = [`<!-- figures: ${name} -->`, `<!-- /figures: ${name} -->`];
  const text = readFileSync(file, "utf8");
  const table = [
    `Measured ${new Date().toISOString().slice(0, 10)} on ${cpus().length} × ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}.`,
    "",
    lineOf(headings),
    lineOf(headings.map(() => "---")),
    ...rows.map(({ cells, what, figure, beside, ratio, bound, holds }) =>
      lineOf(cells ?? [what, figure, beside, ratio, bound, holds ? "yes" : "no"]),
    ),
  ].join("\n");
  writeFileSync(file, `${text.slice(0, text.indexOf(start) + start.length)}\n\n${table}\n\n${text.slice(text.indexOf(end))}`);
}

function lineOf(cells) {
  return `| ${cells.join(" | ")} |`;
}
