import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as g from "../../src/spec/index.ts";
import { docs } from "../../src/synth/docs/index.ts";
import { block, code, heading, link, mermaidLabel, table, text } from "../../src/synth/text/markdown.ts";
import { temporaryFolder } from "../support/gantry.ts";
import { checkSpec } from "../support/spec.ts";
import { type ExampleName, exampleNames, filesOf } from "../support/synth.ts";

async function pagesOf(name: ExampleName, how: { readonly plain?: boolean } = {}): Promise<ReadonlyMap<string, string>> {
  const files = [...(await filesOf(name, how)).values()].filter(({ path: file }) => /\.md$|(^|\/)\.git/.test(file));
  return new Map(files.map((file) => [file.path, file.text]));
}

const page = async (name: ExampleName, file: string, how = {}) => (await pagesOf(name, how)).get(file) ?? "";

/** Fences of code are closed, tables have as many cells in each row, and headings go down one step at a time. */
function markdownProblems(given: string): string[] {
  const problems: string[] = [];
  let fence: string | undefined;
  let cells = 0;
  let level = 0;
  for (const [index, line] of given.split("\n").entries()) {
    const mark = /^(`{3,})(\w*)$/.exec(line);
    if (fence === undefined && mark) fence = mark[1];
    else if (fence !== undefined && line === fence) fence = undefined;
    else if (fence === undefined) {
      if (/^ {0,3}`{3,}[^`]*$/.test(line)) problems.push(`${index + 1}: a fence with more than a language`);
      const here = line.startsWith("|") ? line.replace(/\\\|/g, "").split("|").length - 2 : 0;
      if (cells > 0 && here > 0 && here !== cells) problems.push(`${index + 1}: ${here} cells, not ${cells}`);
      cells = here;
      const hashes = /^(#+) /.exec(line)?.[1]?.length;
      if (hashes !== undefined && level > 0 && hashes > level + 1) problems.push(`${index + 1}: a heading too deep`);
      if (hashes !== undefined) level = hashes;
      if (/[\u0000-\u001f\u2028\u202e]/.test(line)) problems.push(`${index + 1}: a control character`); // oxlint-disable-line no-control-regex
    }
  }
  if (fence !== undefined) problems.push("a fence is open at the end");
  return problems;
}

const label = String.raw`"(?:[A-Za-z0-9 .,:\/_+@–-]|#\d+;|<br\/>)*"`;
const shapes = [`\\[${label}\\]`, `\\[\\(${label}\\)\\]`, `\\{\\{${label}\\}\\}`, `\\(\\[${label}\\]\\)`].join("|");
const mermaidLines = [
  /^flowchart (LR|TD)$/,
  new RegExp(`^ {2,4}[a-zA-Z_][A-Za-z0-9_]*(?:${shapes})$`),
  new RegExp(`^ {2}subgraph [a-z]+ \\[${label}\\]$`),
  /^ {2}end$/,
  new RegExp(`^ {2}[A-Za-z_][A-Za-z0-9_]* (?:-->|-\\.-)(?:\\|${label}\\|)? [A-Za-z_][A-Za-z0-9_]*$`),
];

/** The part of Mermaid's language that is written here, and no more: each line is one of a few, and what is linked is there. */
function mermaidProblems(diagram: string): string[] {
  const lines = diagram.split("\n");
  const problems = lines.filter((line) => !mermaidLines.some((form) => form.test(line)));
  if (!lines[0]?.startsWith("flowchart")) problems.push("no flowchart");
  const words = new Set(["end", "subgraph", "graph", "class", "style", "click", "default", "call", "href"]);
  const nodes = new Set(lines.flatMap((line) => /^ {2,4}(\w+)[[({]/.exec(line)?.[1] ?? []));
  for (const node of nodes) if (words.has(node)) problems.push(`${node} is one of Mermaid's words`);
  for (const line of lines) {
    const [, from, to] = /^ {2}(\w+) (?:-->|-\.-)(?:\|.*\|)? (\w+)$/.exec(line) ?? [];
    if (from !== undefined && !nodes.has(from)) problems.push(`${from} is not there`);
    if (to !== undefined && !nodes.has(to)) problems.push(`${to} is not there`);
  }
  const open = lines.filter((line) => /^ {2}subgraph /.test(line)).length;
  if (open !== lines.filter((line) => line === "  end").length) problems.push("a group is not closed");
  return problems;
}

function diagramsIn(given: string): string[] {
  return [...given.matchAll(/^```mermaid\n([\s\S]*?)\n```$/gm)].map(([, diagram = ""]) => diagram);
}

describe.each(exampleNames)("%s", (name) => {
  test("its pages are sound Markdown, their links lead somewhere, their diagrams are Mermaid", async () => {
    const files = await filesOf(name);
    for (const [file, given] of await pagesOf(name)) {
      if (!file.endsWith(".md")) continue;
      expect(markdownProblems(given), file).toEqual([]);
      expect(given, file).not.toMatch(/undefined|\[object|NaN|\n\n\n/);
      for (const [, target = ""] of given.matchAll(/\]\((?!https:)([^)]*)\)/g))
        expect(files.has(path.posix.join(path.posix.dirname(file), target)), `${file} → ${target}`).toBe(true);
      for (const diagram of diagramsIn(given)) expect(mermaidProblems(diagram), file).toEqual([]);
    }
  });

  test("the README of the infrastructure has its diagram, its sizes and what is where", async () => {
    const guides = [...(await pagesOf(name))].filter(([, given]) => given.includes(": infrastructure\n"));
    expect(guides).toHaveLength(1);
    const [, guide = ""] = guides[0] ?? [];
    for (const title of ["What is where", "Deployment", "Diagram", "Sizes", "Troubleshooting", "Security", "Clean-up"])
      expect(guide).toContain(`\n## ${title}\n`);
    expect(diagramsIn(guide)).toHaveLength(1);
  });

  test("for a team without Gantry no page names it", async () => {
    for (const [file, given] of await pagesOf(name, { plain: true })) expect(given, file).not.toMatch(/gantry/i);
  });

  test("the commands are shell, whatever is still to be filled in", async () => {
    const folder = temporaryFolder();
    for (const [file, given] of await pagesOf(name))
      for (const [index, [, script = ""]] of [...given.matchAll(/^```sh\n([\s\S]*?)\n```$/gm)].entries()) {
        const script_ = path.join(folder, `${file.replace(/\W/g, "-")}-${index}.sh`);
        writeFileSync(script_, script.replace(/<[a-zA-Z0-9' :-]+>/g, "X"));
        expect(() => execFileSync("bash", ["-n", script_], { stdio: "pipe" }), `${file}: ${script}`).not.toThrow();
      }
  });
});

describe("what the documents ask for", () => {
  test("codementor's guide has its sections in its order, its stated costs and its checks", async () => {
    const guide = await page("codementor", "infrastructure/gcp/README.md");
    expect([...guide.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual([
      "What is where",
      "Deployment",
      "Diagram",
      "Sizes",
      "Cost",
      "Troubleshooting",
      "Security",
      "Clean-up",
    ]);
    expect(guide).toMatch(/\| dev +\| 50–100 +\|/);
    expect(guide).toMatch(/\| prod +\| 200–500 +\|/);
    expect(guide).toMatch(/\| Cloud SQL +\| db-f1-micro +\| about 15 +\|/);
    expect(guide).toMatch(/\| \*\*Total\*\* +\| +\| \*\*65–80\*\* +\|/);
    expect(guide).toContain("`00-setup-project.sh`, `01-setup-network.sh`, `02-provision-database.sh`");
    for (const command of [
      "gcloud config list",
      "gcloud services list --enabled",
      "gcloud sql instances describe codementor-db",
      "gcloud redis instances describe codementor-cache --region=us-central1",
      "gcloud secrets list",
      "gcloud compute networks describe codementor-vpc",
    ])
      expect(guide).toContain(command);
  });

  test("a promoted replica is what the services are told, and they start anew", async () => {
    const failover = await page("cpa-platform", "infra/runbooks/rb-01-database-failover.md");
    const script = /^## 3\..*?```sh\n(.*?)```/ms.exec(failover)?.[1] ?? "";
    const folder = temporaryFolder();
    const stand = `#!/usr/bin/env bash
echo "$*" >> calls
case "$*" in
  *ReadReplicaDBInstanceIdentifiers*) echo cpa-prod-replica ;;
  *Endpoint.Address*) echo replica.example.com ;;
  *get-secret-value*) echo 'postgres://cpa:p%40ss@old.example.com:5432/cpa?sslmode=require' ;;
  *put-secret-value*) cp url.secret told; stat -c %a url.secret > mode ;;
  *list-tasks*) printf 'one\\ttwo\\n' ;;
esac
`;
    writeFileSync(path.join(folder, "aws"), stand, { mode: 0o755 });
    const { status, stderr } = spawnSync("bash", ["--norc", "-euo", "pipefail", "-c", script], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env["PATH"] ?? ""}` },
      encoding: "utf8",
    });
    expect([status, stderr]).toEqual([0, ""]);
    expect(readFileSync(path.join(folder, "told"), "utf8")).toBe(
      "postgres://cpa:p%40ss@replica.example.com:5432/cpa?sslmode=require",
    );
    expect(readFileSync(path.join(folder, "mode"), "utf8")).toBe("600\n");
    expect(readdirSync(folder)).not.toContain("url.secret");
    const calls = readFileSync(path.join(folder, "calls"), "utf8");
    expect(calls.match(/^ecs stop-task .*$/gm)).toHaveLength(4);
    expect(calls).not.toContain("p%40ss");
  });

  test("the runbooks of CPA are a file each, with their steps, checks and commands", async () => {
    const names = [...(await pagesOf("cpa-platform")).keys()].filter((file) => file.includes("/runbooks/"));
    expect(names).toEqual([
      "infra/runbooks/README.md",
      "infra/runbooks/rb-01-database-failover.md",
      "infra/runbooks/rb-02-service-degradation.md",
      "infra/runbooks/rb-03-security-incident.md",
      "infra/runbooks/rb-04-rollback-deployment.md",
      "infra/runbooks/recovery-of-what-is-lost.md",
    ]);
    const failover = await page("cpa-platform", "infra/runbooks/rb-01-database-failover.md");
    expect([...failover.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual([
      "1. Multi-AZ failover was initiated",
      "2. The application reconnected",
      "3. Promote the read replica",
      "4. The replica has caught up",
      "5. Tell the team of the failover",
    ]);
    expect(failover).toContain("Replication lag of postgres: below 30s. The dashboard Database shows it as Replication lag.");
    expect(failover).toContain("--db-instance-identifier cpa-prod");
    const rollback = await page("cpa-platform", "infra/runbooks/rb-04-rollback-deployment.md");
    for (const words of [
      "git tag --sort=-creatordate",
      "sqlx migrate revert",
      "npx playwright test --project=chromium --grep @smoke --config=playwright.prod.config.ts",
    ])
      expect(rollback).toContain(words);
    // A version is all of its services, and the database answers nobody outside its network.
    for (const service of ["backend", "frontend", "temporal-worker"]) expect(rollback).toContain(`# ${service}\n`);
    expect(rollback).toMatch(/run-task [^\n]*\\\n[^\n]*"name":"backend","command":\["sh","-c","sqlx migrate revert"\]/);
    expect(rollback).toContain("A post-mortem within 24h, without blame:");
    expect(await page("cpa-platform", "infra/runbooks/rb-03-security-incident.md")).toContain(
      "`security/01_threat_model_controls.md §7`",
    );
  });

  test("a standby has its failover, a backup its way back, the state too, and a drill is written down", async () => {
    const pages = await pagesOf("bytereview");
    expect(pages.get("infra/runbooks/failover-of-prod-to-us-east1.md")).toContain("./infra/scripts/dns-cut-over.sh");
    const recovery = pages.get("infra/runbooks/recovery-of-what-is-lost.md") ?? "";
    expect(recovery).toContain("terraform import -var-file=main.tfvars");
    expect(recovery).toContain("gs://bytereview-tf-state/prod/default.tfstate#<generation> | terraform state push -force -");
    const drills = pages.get("infra/runbooks/drills.md") ?? "";
    expect(drills).toContain("before the first customer's integration launch");
    expect(drills).toContain("gantry up staging\ngantry load staging load\n");
    expect(drills).toContain("gantry up staging\ngantry rehearse staging --live --exercise rollback\n");
    const governance = await pagesOf("ai-governance");
    const failover = governance.get("infra/runbooks/failover-of-production-to-eu-west-1.md") ?? "";
    expect(failover).toContain("aws rds promote-read-replica --region eu-west-1");
    expect(failover).toContain("./infra/backups/cut-over-dns.sh");
    expect(governance.get("infra/runbooks/drills.md")).toContain("At `0 6 1 * *` (UTC): a failover of `db` and `evidence`");
  });

  test("CONTRIBUTING says how a preview is had, and is only a part of its file", async () => {
    const files = await filesOf("bytereview");
    expect(files.get("CONTRIBUTING.md")).toMatchObject({ part: true });
    const given = files.get("CONTRIBUTING.md")?.text ?? "";
    for (const words of [
      "## Preview of a change",
      "label `preview`",
      "without traffic",
      "as a comment, within 10 minutes",
      "nothing is applied",
    ])
      expect(given).toContain(words);
    for (const other of ["proveniq-ledger", "codementor", "cpa-platform", "ai-governance"] as const) {
      const text_ = await page(other, "CONTRIBUTING.md");
      expect(text_).not.toContain("## Preview");
      expect(text_).toMatch(/gantry up (local|development) /);
    }
  });
});

describe("git", () => {
  const kept = [
    "infra/terraform/staging/terraform.tfvars",
    ".env.staging",
    ".env.production",
    "infra/terraform/staging/.terraform.lock.hcl",
  ];
  const left = [
    "infra/terraform/staging/production.secret.tfvars",
    "infra/terraform/staging/other.tfvars",
    "infra/terraform/staging/terraform.tfstate",
    "infra/terraform/staging/terraform.tfstate.backup",
    "infra/terraform/staging/plan.tfplan",
    "infra/terraform/staging/.terraform/providers/x",
    ".env.mine",
    "credentials.json",
    "server/credentials.json",
    ".gantry/agent.json",
  ];

  test("leaves out what is secret, and keeps the values that roots need", async () => {
    const folder = temporaryFolder();
    execFileSync("git", ["init", "--quiet", folder]);
    writeFileSync(path.join(folder, ".gitignore"), await page("ai-governance", ".gitignore"));
    for (const file of [...kept, ...left]) {
      mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
      writeFileSync(path.join(folder, file), "");
    }
    const seen = execFileSync("git", ["-C", folder, "ls-files", "--others", "--exclude-standard"], { encoding: "utf8" });
    expect(seen.trim().split("\n").toSorted()).toEqual([".gitignore", ...kept].toSorted());
  });

  test("no file that is written is left out by the product's own rules", async () => {
    for (const name of exampleNames) {
      const folder = temporaryFolder();
      execFileSync("git", ["init", "--quiet", folder]);
      const files = await filesOf(name);
      writeFileSync(path.join(folder, ".gitignore"), files.get(".gitignore")?.text ?? "");
      const ignored = [...files.keys()].filter((file) => {
        try {
          execFileSync("git", ["-C", folder, "check-ignore", "--quiet", "--no-index", file]);
          return true;
        } catch {
          return false;
        }
      });
      expect(ignored, name).toEqual([]);
    }
  });
});

const nasty = [
  "a | b",
  "`code` ``more``",
  "<script>alert(1)</script>",
  "[click](https://evil.example)",
  "![x](y)",
  "# heading",
  "- item",
  "1. first",
  "**bold** _it_ ~~gone~~",
  "```sh\nrm -rf /\n```",
  "&lt;b&gt;",
  "a\nb\r\nc",
  "\\| \\` \\",
  '"] --> x["',
  "%%{init: {}}%%",
  "x#quot;y",
  "end",
  "$x^2$",
  "\u001b[31mred",
  "a\u202eb",
];

describe("text of a spec stays text", () => {
  test.each(nasty)("%j", (given) => {
    expect(text(given)).not.toMatch(/(?<!\\)[|<`[]|\n/);
    expect(text(given)).not.toMatch(/^(#|- |\d+\. )/);
    expect(heading(2, given).split("\n")).toHaveLength(1);
    const written = table(["head"], [[text(given)], [code(given)]]);
    expect(markdownProblems(`${written}\n`)).toEqual([]);
    expect(markdownProblems(`${block("sh", given.split("\n"))}\n`.replace(/^(`+)\w+$/m, "$1"))).toEqual([]);
    expect(mermaidProblems(`flowchart LR\n  a_b[${mermaidLabel([given])}]`)).toEqual([]);
    expect(link(given, given)).toMatch(/^\[[^\n]*\]\([A-Za-z0-9._~/#%-]*\)$/);
  });

  test("whatever it is, it is one line, and ends nothing that it stands in", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (given) => {
        expect(text(given)).not.toContain("\n");
        expect(markdownProblems(table(["a", "b"], [[text(given), code(given)]]))).toEqual([]);
        expect(mermaidProblems(`flowchart LR\n  a_b[${mermaidLabel([given])}]`)).toEqual([]);
      }),
      { seed: 20_261_121, numRuns: 300 },
    );
  });

  test("in a whole product", () => {
    for (const one of nasty) {
      const given = one.replace(/[\u0000-\u001f\u202e]/g, " "); // oxlint-disable-line no-control-regex
      const ops = g.channel.slack("#ops");
      const db = g.postgres("db", { version: 16, title: given, backup: { dump: "daily", pitr: "7d" } });
      const api = g.service("api", { title: given, uses: [db], health: "/health" });
      const made = g.product("shop", {
        title: given,
        document: { title: given },
        services: [api],
        runbooks: [
          g.runbook(given, {
            title: given,
            steps: [
              g.step.check(given, { command: given }),
              g.step.ask(given, { document: given }),
              g.step.run(given, { action: "rollback", onlyIf: given }),
              g.step.notify(given, { to: ops }),
            ],
          }),
        ],
        environments: {
          prod: g.gcp("shop-prod", {
            production: true,
            purpose: given,
            domain: [api.at("shop.example.com")],
            costs: g.statedCosts({ lines: [{ line: given, of: db, stated: 1, size: given }], total: [1, 2] }),
          }),
        },
      });
      const { environments, problems } = checkSpec(made);
      expect(problems, given).toEqual([]);
      for (const file of docs({ name: "shop", environments, library: new Map(), plain: false })) {
        expect(file.path).toMatch(/^[A-Za-z0-9._/-]+$/);
        if (!file.path.endsWith(".md")) continue;
        expect(markdownProblems(file.text), `${given}: ${file.path}`).toEqual([]);
        for (const diagram of diagramsIn(file.text)) expect(mermaidProblems(diagram), given).toEqual([]);
        const outside = file.text.replace(/^(`{3,})\w*\n[\s\S]*?^\1$/gm, "").replace(/(`+)[^`][\s\S]*?\1/g, "");
        expect(outside, given).not.toMatch(/(?<!\\)<script|(?<!\\)\]\(https|^# heading$/m);
      }
    }
  });
});

describe("the checks refuse what is wrong", () => {
  test.each([
    ["an open fence", "# a\n\n```sh\nls\n"],
    ["a row with a cell too many", "| a |\n| --- |\n| b | c |\n"],
    ["a heading that skips a step", "# a\n\n### b\n"],
    ["a fence with more than a language", "```sh rm -rf\n"],
  ])("%s", (_, given) => expect(markdownProblems(given)).not.toEqual([]));

  test.each([
    ["a label without its quote", 'flowchart LR\n  a["x]'],
    ["a label that ends early", 'flowchart LR\n  a["x"] --> b["y"]'],
    ["a word of Mermaid's", 'flowchart LR\n  end["x"]'],
    ["an edge to nothing", 'flowchart LR\n  a["x"]\n  a --> b'],
    ["a group that stays open", 'flowchart LR\n  subgraph inside ["x"]\n    a["x"]'],
    ["a directive", "flowchart LR\n  %%{init: {}}%%"],
    ["no flowchart", '  a["x"]'],
  ])("%s", (_, given) => expect(mermaidProblems(given)).not.toEqual([]));
});
