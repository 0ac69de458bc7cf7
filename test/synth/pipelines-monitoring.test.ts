import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { compileWorkflows } from "../../src/synth/pipelines/compile.ts";
import type { Job, Run } from "../../src/synth/pipelines/model.ts";
import { tools } from "../../src/synth/monitoring/watch.ts";
import { has } from "../support/programs.ts";
import { fileOf, systems } from "../support/pipelines.ts";
import { filesOf, subjectOf, type ExampleName } from "../support/synth.ts";

// What Prometheus and Alertmanager read is judged by their own tools before it is merged: the job's commands, run on the files as written.

const files = new Map<ExampleName, Awaited<ReturnType<typeof filesOf>>>();
async function writtenOf(example: ExampleName) {
  const found = files.get(example) ?? (await filesOf(example));
  files.set(example, found);
  return found;
}

async function jobOf(example: ExampleName, plain = false): Promise<Job | undefined> {
  return compileWorkflows(await subjectOf(example, { plain }))
    .flatMap(({ jobs }) => jobs)
    .find(({ id }) => id === "monitoring-files");
}

async function commandsOf(example: ExampleName): Promise<ReadonlyMap<string, string>> {
  const runs = (await jobOf(example))?.steps.filter((one): one is Run => one.is === "run") ?? [];
  return new Map(runs.map(({ name, script }) => [name, script]));
}

describe("the job", () => {
  test("is there where Prometheus is part of the product, with Gantry and without, and nowhere else", async () => {
    for (const example of ["cpa-platform", "ai-governance"] as const)
      for (const plain of [false, true]) expect(await jobOf(example, plain)).toBeDefined();
    for (const example of ["proveniq-ledger", "bytereview", "codementor"] as const) expect(await jobOf(example)).toBeUndefined();
  });

  test.each(["cpa-platform", "ai-governance"] as const)(
    "of %s looks at every file of these tools that is written",
    async (example) => {
      const written = [...(await writtenOf(example)).keys()].filter((one) =>
        /\/(prometheus\/rules\.yml|prometheus\/tests\/[^/]+\.yml|alertmanager\.yml)$/.test(one),
      );
      expect(written.length).toBeGreaterThan(3);
      const said = [...(await commandsOf(example)).values()].join("\n");
      for (const file of written) expect(said).toContain(`  ${file}`);
    },
  );

  test.each(systems)("stands in the pipeline on %s, with tools that are pinned and checked", async (system) => {
    const file = {
      "github actions": ".github/workflows/ci.yml",
      "gitlab ci": ".gitlab/ci/ci.yml",
      "cloud build": "cloudbuild.yaml",
    };
    for (const plain of [false, true]) {
      const text = JSON.stringify(parse(await fileOf(system, "ai-governance", file[system], plain)));
      for (const [tool, project] of [
        ["promtool", "prometheus"],
        ["amtool", "alertmanager"],
      ] as const) {
        const version = tools[project].image.split(":v")[1] ?? "";
        const archive = `${project}-${version}.linux-amd64`;
        expect(text).toContain(`https://github.com/prometheus/${project}/releases/download/v${version}`);
        expect(text).toContain(`grep ' ${archive}.tar.gz$' sha256sums.txt | sha256sum -c -`);
        expect(text).toContain(`tar -xzf ${archive}.tar.gz --strip-components=1 ${archive}/${tool}`);
      }
      for (const command of ["promtool check rules", "promtool test rules", "amtool check-config"])
        expect(text).toContain(command);
    }
  });
});

describe.skipIf(!has("promtool") || !has("amtool"))("its commands", () => {
  /** Each command in a folder with the files, of which one may be otherwise; which of them fail. */
  async function failing(change: (file: string, text: string) => string = (_, text) => text): Promise<readonly string[]> {
    const folder = mkdtempSync(path.join(tmpdir(), "gantry-checked-"));
    try {
      for (const [file, { text }] of await writtenOf("ai-governance")) {
        if (!file.includes("/monitoring/")) continue;
        mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
        writeFileSync(path.join(folder, file), change(file, text));
      }
      return [...(await commandsOf("ai-governance"))].flatMap(([name, script]) => {
        if (name.startsWith("Install")) return [];
        // What takes long is tried with the alerts' own tests: test/synth/monitoring-promtool.test.ts.
        const short = script.replaceAll(/ \\\n {2}\S+\/every-(?!2s)\S+\.yml/g, "");
        const { status, error } = spawnSync("bash", ["-euo", "pipefail", "-c", short], { cwd: folder, timeout: 120_000 });
        if (error) throw error;
        return status === 0 ? [] : [name];
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  test("accept what is written", { timeout: 120_000 }, async () => {
    expect([...(await commandsOf("ai-governance")).keys()].filter((name) => !name.startsWith("Install"))).toEqual([
      "Rules",
      "Alerts ring when they should",
      "Routes of alerts",
    ]);
    expect(await failing()).toEqual([]);
  });

  test("refuse a rule that is none, and with it its tests", { timeout: 120_000 }, async () => {
    const spoilt = await failing((file, text) => (file.endsWith("/rules.yml") ? text.replace("expr: ", "expr: sum(((") : text));
    expect(spoilt).toEqual(["Rules", "Alerts ring when they should"]);
  });

  test("refuse an alert that looks at more than the spec says", { timeout: 120_000 }, async () => {
    const spoilt = await failing((file, text) =>
      file.endsWith("/rules.yml")
        ? text.replace('probe_success{check="from outside"}[2m])) <=', 'probe_success{check="from outside"}[4m])) <=')
        : text,
    );
    expect(spoilt).toEqual(["Alerts ring when they should"]);
  });

  test("refuse a route that leads nowhere", { timeout: 120_000 }, async () => {
    const spoilt = await failing((file, text) =>
      file.endsWith("/alertmanager.yml") ? text.replace(/receiver: (?!nobody)\S+/, "receiver: elsewhere") : text,
    );
    expect(spoilt).toEqual(["Routes of alerts"]);
  });
});
