import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { type Server, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createSampleSource } from "../../src/signals/cases/sample-source.ts";
import { parseExposition } from "../../src/signals/exposition/read-exposition.ts";
import { expressionOf } from "../../src/signals/measures/expression-of.ts";
import { evaluateAt } from "../../src/signals/promql/evaluator.ts";
import { parsePromql } from "../../src/signals/promql/parse.ts";
import type { Environment } from "../../src/spec/environment.ts";
import { scripts } from "../../src/synth/scripts/index.ts";
import { onPath } from "../support/on-path.ts";
import { filesOf, subjectOf } from "../support/synth.ts";
import { type Written, written } from "../support/written.ts";

// back-up.sh of ai-governance on AWS, run by bash with stand-ins for the cloud's and the database's programs: what it tells to a
// Pushgateway or leaves for a node_exporter is what the alerts on backups read.

const standIn = (text: string) => `#!/bin/bash\n${text}\n`;
const programs = {
  aws: standIn(
    "case $* in *get-secret-value*) echo postgresql://app:x@db.example/app ;; *get-caller-identity*) echo 123456789012 ;; esac",
  ),
  pg_dump: standIn('[[ -z $BROKEN ]] || exit 3\nfor one; do case $one in --file=*) echo dump >"${one#--file=}" ;; esac; done'),
  pg_restore: standIn(""),
  mc: standIn("[[ $1 != mirror || -z $NO_FILES ]] || exit 4"),
  kubectl: standIn(
    'case $* in *port-forward*) echo "Forwarding from 127.0.0.1:20001 -> 9000"; exec sleep 30 ;; *minio-tls*) echo authority | base64 ;; esac',
  ),
};

/** What a Pushgateway keeps: of each group the newest of each metric. */
type Gateway = {
  readonly url: string;
  readonly pushed: readonly string[];
  text(): string;
  answers: number;
  close(): Promise<void>;
};

async function startGateway(): Promise<Gateway> {
  const groups = new Map<string, Map<string, readonly string[]>>();
  const pushed: string[] = [];
  const text = () =>
    [...groups.values()]
      .flatMap((metrics) => [...metrics.values()].flat())
      .map((line) =>
        line.replace(/\{(.*)\}/, (_, labels: string) => `{${[...labels.split(","), 'job="backup"'].toSorted().join(",")}}`),
      )
      .join("\n");
  const server: Server = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk: Buffer) => (body += chunk.toString()));
    request.on("end", () => {
      if (gateway.answers !== 200) return void response.writeHead(gateway.answers).end();
      if (request.method === "GET") return void response.end(`# HELP x y\n${text()}\npush_time_seconds{job="backup"} 1.7e+09\n`);
      pushed.push(`${request.method} ${request.url}`);
      const group = groups.get(request.url ?? "") ?? new Map<string, readonly string[]>();
      groups.set(request.url ?? "", group);
      const lines = body.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
      for (const name of new Set(lines.map(nameOf)))
        group.set(
          name,
          lines.filter((line) => nameOf(line) === name),
        );
      response.writeHead(200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const gateway: Gateway = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    pushed,
    text,
    answers: 200,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return gateway;
}

function nameOf(line: string): string {
  return /^\w+/.exec(line)?.[0] ?? "";
}

describe.skipIf(!onPath("curl"))("back-up.sh", () => {
  let files: Written;
  let tools: Written;
  let gateway: Gateway;
  let environment: Environment;
  beforeAll(async () => {
    const subject = await subjectOf("ai-governance");
    environment = subject.environments.find((one) => one.environment === "production") as Environment;
    files = written(scripts(subject));
    tools = written(Object.entries(programs).map(([path, text]) => ({ path, text, executable: true })));
  });
  afterAll(() => {
    files.remove();
    tools.remove();
  });
  beforeEach(async () => {
    gateway = await startGateway();
    return () => gateway.close();
  });

  type Ran = { readonly status: number; readonly err: string };
  const backUp = (env: Readonly<Record<string, string>>, ...words: string[]): Promise<Ran> =>
    new Promise((resolve) => {
      execFile(
        "bash",
        [files.at("infra/backups/back-up.sh"), "--environment=production", "--yes", ...words],
        { env: { PATH: `${tools.folder}:${process.env["PATH"] ?? ""}`, HOME: files.folder, USE_COPY: "copy/backups", ...env } },
        (error, _, err) => resolve({ status: typeof error?.code === "number" ? error.code : 0, err }),
      );
    });
  const push = () => ({ USE_PUSHGATEWAY: gateway.url });

  /** What the rule on failed backups makes of it: 1 where it rings. */
  function rings(text: string, resource: string, after = 0): number | undefined {
    const asked = expressionOf({ kind: "signal", measure: "backupFailures", of: { ref: `resources.${resource}` } }, environment);
    if (asked.is === "refused") throw new Error(asked.reason);
    const parsed = parsePromql(asked.expr);
    if (!parsed.ok) throw new Error(asked.expr);
    const source = createSampleSource();
    const now = Date.now() + after;
    const { all, problems } = parseExposition(`${text}\n`, { format: "classic" });
    expect(problems).toEqual([]);
    for (const { labels, value } of all) source.append(labels, now, value);
    const found = evaluateAt(parsed.expr, source, now);
    return found.kind === "vector" ? found.vector[0]?.value : undefined;
  }

  test("tells a Pushgateway of each resource, in the names that the rules read", async () => {
    expect(await backUp(push())).toMatchObject({ status: 0 });
    expect(gateway.pushed).toEqual(["POST /metrics/job/backup/resource/db", "POST /metrics/job/backup/resource/evidence"]);
    expect(gateway.text()).toContain('backup_last_exit_code{job="backup",resource="db"} 0');
    expect(rings(gateway.text(), "db")).toBe(0);
    // A day and three hours later nothing new has come.
    expect(rings(gateway.text(), "db", 27 * 3_600_000)).toBe(1);
  });

  test("tells of a failure with its status, and leaves the last success where it was", async () => {
    await backUp(push());
    const before = /backup_last_success_timestamp_seconds\S+ (\d+)/.exec(gateway.text())?.[1];
    expect(await backUp({ ...push(), BROKEN: "1" })).toMatchObject({ status: 3 });
    const text = gateway.text();
    expect(text).toContain('backup_last_exit_code{job="backup",resource="db"} 3');
    expect(/backup_last_success_timestamp_seconds\S+ (\d+)/.exec(text)?.[1]).toBe(before);
    expect(rings(text, "db")).toBe(1);
    expect(text).toContain('backup_runs_total{job="backup",outcome="failed",resource="db"} 1');
    expect(text).toContain('backup_runs_total{job="backup",outcome="succeeded",resource="db"} 1');
  });

  test("tells of what was backed up before something else failed as the success that it is", async () => {
    expect(await backUp({ ...push(), NO_FILES: "1" })).toMatchObject({ status: 4 });
    expect([rings(gateway.text(), "db"), rings(gateway.text(), "evidence")]).toEqual([0, 1]);
  });

  test("counts on where it was", async () => {
    for (const env of [{}, {}, { BROKEN: "1" }, {}]) await backUp({ ...push(), ...env });
    expect(gateway.text()).toContain('backup_runs_total{job="backup",outcome="succeeded",resource="db"} 3');
    expect(gateway.text()).toContain('backup_runs_total{job="backup",outcome="failed",resource="db"} 1');
  });

  test.each([
    ["that refuses", () => (gateway.answers = 500)],
    ["that is not there", () => gateway.close()],
  ])("a Pushgateway %s makes no backup fail, and it says so", async (_, spoil) => {
    await spoil();
    const { status, err } = await backUp(push());
    expect(status).toBe(0);
    expect(err).toContain("whoever watches the backups was not told of db");
    expect(err).toContain("Backed up production");
    const failed = await backUp({ ...push(), BROKEN: "1" });
    expect(failed.status).toBe(3);
  });

  test("leaves a whole file for a node_exporter, and nothing beside it", async () => {
    const folder = files.at("textfile");
    mkdirSync(folder, { recursive: true });
    for (const env of [{}, { BROKEN: "1" }]) await backUp({ USE_METRICS_FOLDER: folder, ...env });
    expect(readdirSync(folder).toSorted()).toEqual(["backup_db.prom", "backup_evidence.prom"]);
    const text = readFileSync(`${folder}/backup_db.prom`, "utf8");
    expect(text).toMatch(/^backup_last_success_timestamp_seconds\{resource="db"\} \d+$/m);
    expect(text).toContain('backup_runs_total{resource="db",outcome="succeeded"} 1');
    expect(text).toContain('backup_runs_total{resource="db",outcome="failed"} 1');
    expect(rings(text, "db")).toBe(1);
    expect(gateway.pushed).toEqual([]);
    rmSync(folder, { recursive: true });
  });

  test("a folder that is not there makes no backup fail", async () => {
    const { status, err } = await backUp({ USE_METRICS_FOLDER: files.at("nowhere") });
    expect(status).toBe(0);
    expect(err).toContain("was not told of db");
  });

  test("tells nothing of a dry run, and says so where nobody can be told", async () => {
    await backUp(push(), "--dry-run");
    expect(gateway.pushed).toEqual([]);
    const { status, err } = await backUp({ USE_PUSHGATEWAY: "" });
    expect(status).toBe(0);
    expect(err).toContain("nobody is told how this went");
  });
});

test("the Pushgateway is told where Prometheus watches, and lets the product's namespace in", async () => {
  const files = await filesOf("ai-governance");
  expect(files.get("infra/backups/back-up.sh")?.text).toMatch(
    /production\) pushgateway=\$\{USE_PUSHGATEWAY-http:\/\/pushgateway\.monitoring\.svc:9091\}/,
  );
  expect(files.get("infra/monitoring/production/tools.yaml")?.text).toMatch(/name: pushes\n[\s\S]*?port: 9091/);
});
