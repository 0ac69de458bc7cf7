// docs/requirements.md: for each row of what the five documents ask for, where it stands in the example and what makes it work.
import { readdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
const examples = { LED: "proveniq-ledger", BYT: "bytereview", MEN: "codementor", CPA: "cpa-platform", GOV: "ai-governance" };
const titles = {
  LED: "LED: Proveniq Ledger sandbox (Google Cloud, GKE)",
  BYT: "BYT: ByteReview (Google Cloud, Cloud Run)",
  MEN: "MEN: CodeMentor (Google Cloud by scripts)",
  CPA: "CPA: CPA platform (AWS, ECS)",
  GOV: "GOV: AI governance platform (AWS or Azure, Kubernetes)",
};

export async function requirementsText() {
  const folder = path.join(root, "test/rows");
  const sections = [];
  for (const [prefix, example] of Object.entries(examples)) {
    const file = readdirSync(folder).find((name) => name === `${prefix.toLowerCase()}.ts`);
    if (!file) throw new Error(`test/rows/${prefix.toLowerCase()}.ts is missing`);
    const rows = await rowsOf(path.join(folder, file));
    sections.push(
      [
        `## ${titles[prefix]}`,
        "",
        `The spec: [examples/${example}/gantry.config.ts](../examples/${example}/gantry.config.ts).`,
        "",
        "| row | what | where it stands in the product (`gantry show`) | what makes it work |",
        "| --- | --- | --- | --- |",
        ...rows.map(({ id, what, works, values }) => `| ${id} | ${cell(what)} | ${places(values)} | ${cell(works)} |`),
      ].join("\n"),
    );
  }
  return `# Requirements

What the five documents behind the examples ask for, row by row. Each value named here is a typed value of the example's spec;
\`test/rows.test.ts\` holds every one against what the document says, and shows that taking it away changes a resolved
environment. This page is generated from \`test/rows/\` by \`npm run generate\`.

${sections.join("\n\n")}
`;
}

async function rowsOf(file) {
  const built = await build({
    entryPoints: [file],
    bundle: true,
    write: false,
    format: "esm",
    platform: "node",
    logLevel: "silent",
  });
  const { rows } = await import(`data:text/javascript;base64,${Buffer.from(built.outputFiles[0].contents).toString("base64")}`);
  return rows;
}

/** Paths that share a beginning are named once by it, so that a row stays readable. */
function places(values) {
  const groups = new Map();
  for (const one of Object.keys(values)) {
    const parts = one.match(/(?:[^.["]|\["(?:[^"\\]|\\.)*"\]|\[\d+\])+/g) ?? [one];
    const depth = parts[0] === "environments" ? 3 : 2;
    const start = parts.slice(0, depth).join(".");
    groups.set(start, (groups.get(start) ?? 0) + 1);
  }
  return [...groups].map(([start, count]) => `\`${cell(start)}\`${count > 1 ? ` (${count})` : ""}`).join(", ");
}

function cell(text) {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}
