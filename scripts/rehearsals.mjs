// Rehearses the policies of the five examples and writes docs/rehearsals.md: tables, and what stands out of them, each with the command, the seed
// and the interval. `node scripts/rehearsals.mjs 200` takes so many runs for each cell. The build has to be there.
import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const runs = Number(process.argv[2] ?? 200);
const examples = [
  ["bytereview", "prod"],
  ["cpa-platform", "production"],
  ["ai-governance", "production", "--switch", "cloud=aws"],
  ["proveniq-ledger", "sandbox"],
  ["codementor", "prod"],
];

const percent = (share) => `${Number((share * 100).toPrecision(3))}`;
const chance = ({ value, from, to }) => `${percent(value)} % (${percent(from)}–${percent(to)} %)`;
const span = (ms) => (ms < 60_000 ? `${Math.round(ms / 1_000)} s` : `${Number((ms / 60_000).toPrecision(3))} min`);
const said = ({ faults }) => (faults.length === 0 ? "a good release" : `\`${faults.join(" ")}\``);

function rehearse(product, args) {
  return new Promise((resolve, reject) => {
    const options = { cwd: path.join(root, "examples", product), maxBuffer: 2 ** 26 };
    execFile(process.execPath, [path.join(root, "dist/run/main.js"), ...args], options, (error, out) =>
      error ? reject(error) : resolve(JSON.parse(out)),
    );
  });
}

function cell({ summary }) {
  const after = summary.detectedAfterMs;
  return `${chance(summary.takenBack)}${after === undefined ? "" : `, ${span(after.median.value)}`}`;
}

function tableOf(cases) {
  const traffics = [...new Set(cases.map(({ traffic }) => traffic))];
  const lines = [...new Set(cases.map(said))].map((fault) => {
    const cells = traffics.map((traffic) => cell(cases.find((one) => said(one) === fault && one.traffic === traffic)));
    return `| ${fault} | ${cells.join(" | ")} |`;
  });
  return [
    `| taken back, and the median time until then | ${traffics.join(" | ")} |`,
    `| --- |${" --- |".repeat(traffics.length)}`,
    ...lines,
  ].join("\n");
}

/** What an interval alone says: nothing here is found that could as well be chance. */
function findingsOf(cases) {
  const by = ({ summary }) => summary.causes.map(({ cause, chance: share }) => `${cause} ${percent(share.value)} %`).join(", ");
  return cases.flatMap((one) => {
    const { takenBack, notReleased, detectedAfterMs, errors } = one.summary;
    if (one.faults.length === 0) {
      if (notReleased.from > 0.5)
        return [`At ${one.traffic} a good release does not even begin: ${chance(notReleased)} (${by(one)}).`];
      if (takenBack.from > 0.01)
        return [`At ${one.traffic} a good release is taken back by mistake in ${chance(takenBack)} (${by(one)}).`];
      return takenBack.to < 0.15 ? [`At ${one.traffic} a good release is taken back by mistake in ${chance(takenBack)}.`] : [];
    }
    if (takenBack.to < 0.5)
      return [`At ${one.traffic} ${said(one)} gets through: it is taken back in ${chance(takenBack)} only.`];
    if (one.faults[0] === "errors=5%" && takenBack.from > 0.8 && detectedAfterMs !== undefined)
      return [
        `At ${one.traffic} ${said(one)} is taken back after ${span(detectedAfterMs.median.value)} by the median, and has failed ${Math.round(errors.median.value)} requests by then.`,
      ];
    return [];
  });
}

const cells = ["--fault none", "--fault errors=5%", "--fault latency=+20%", "--traffic 0.5rps", "--traffic 50rps"].flatMap(
  (one) => one.split(" "),
);

async function sectionOf([product, environment, ...switches]) {
  const args = ["rehearse", environment, "--table", ...cells, "-n", String(runs), "--seed", "1", ...switches];
  const { cases, assumed } = await rehearse(product, [...args, "--json"]);
  process.stdout.write(`gantry ${args.join(" ")} (${product})\n`);
  return [
    `## [${product}](../examples/${product}), ${environment}`,
    `\`gantry ${args.join(" ")}\`, in \`examples/${product}\``,
    tableOf(cases),
    "What it shows:",
    findingsOf(cases)
      .map((one) => `- ${one}`)
      .join("\n"),
    assumed.length === 0 ? "" : `Taken to be so: ${assumed.join("; ")}.`,
  ]
    .filter((one) => one !== "")
    .join("\n\n");
}

// One after the other: each uses all cores.
const sections = [];
for (const example of examples) sections.push(await sectionOf(example));
const head = `# What rehearsals found

The policies of the five examples, as their documents have them, [rehearsed](rehearse.md): each fault at each traffic, ${runs} runs, seed 1. In brackets where the
truth lies with 95 % confidence. Written by \`node scripts/rehearsals.mjs ${runs}\`; the command over each table gives its numbers again, to the byte. What is true of
the assumptions (0.1 % errors, answers around 80 ms) need not be true of your service: rehearse yours.`;
writeFileSync(path.join(root, "docs/rehearsals.md"), `${[head, ...sections].join("\n\n")}\n`);
