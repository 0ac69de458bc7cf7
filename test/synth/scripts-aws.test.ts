import { spawnSync } from "node:child_process";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scripts } from "../../src/synth/scripts/index.ts";
import { type Moto, startMoto } from "../support/moto/server.ts";
import { onPath } from "../support/on-path.ts";
import { subjectOf } from "../support/synth.ts";
import { type Written, written } from "../support/written.ts";

// The scripts of ai-governance that fail over, run with the AWS command line against moto.

const [here, there] = ["eu-central-1", "eu-west-1"];

describe.skipIf(!onPath("moto_server") || !onPath("aws"))("ai-governance on AWS (with aws and moto_server)", () => {
  let files: Written;
  let moto: Moto;
  beforeAll(async () => {
    files = written(scripts(await subjectOf("ai-governance")));
    moto = await startMoto();
  }, 120_000);
  afterAll(async () => {
    files.remove();
    await moto.stop();
  });

  const env = () => ({ PATH: process.env["PATH"] ?? "", HOME: files.folder, ...moto.env });
  const run = (script: string, ...words: string[]) =>
    spawnSync("bash", [files.at(`infra/backups/${script}`), "--environment=production", ...words], {
      cwd: files.folder,
      encoding: "utf8",
      env: env(),
      input: "",
    });
  function aws(region: string, ...words: string[]): string {
    const ran = spawnSync("aws", [...words, "--region", region, "--output", "text"], { encoding: "utf8", env: env() });
    if (ran.status !== 0) throw new Error(ran.stderr);
    return ran.stdout.trim();
  }

  test("fail-over-postgres.sh promotes the replica, tells the services there, and a second run changes nothing", () => {
    const name = "ai-governance-production-db";
    const size = ["--db-instance-class", "db.r6g.large"];
    const rest = [
      "--engine",
      "postgres",
      "--allocated-storage",
      "20",
      "--master-username",
      "app",
      "--master-user-password",
      "abcdefgh",
    ];
    aws(here, "rds", "create-db-instance", "--db-instance-identifier", name, ...size, ...rest);
    const source = aws(here, "rds", "describe-db-instances", "--query", "DBInstances[0].DBInstanceArn");
    const replica = ["--db-instance-identifier", `${name}-standby`, "--source-db-instance-identifier", source];
    aws(there, "rds", "create-db-instance-read-replica", ...replica, ...size);
    const url = "postgresql://app:se%2Fcret@old.example:5432/app?sslmode=require";
    aws(there, "secretsmanager", "create-secret", "--name", "database-url", "--secret-string", url);
    const state = () =>
      aws(there, "rds", "describe-db-instances", "--query", "DBInstances[0].ReadReplicaSourceDBInstanceIdentifier") +
      aws(there, "secretsmanager", "get-secret-value", "--secret-id", "database-url", "--query", "SecretString");
    const before = state();

    expect(run("fail-over-postgres.sh", "--accept-loss").status).toBe(2);
    const silent = run("fail-over-postgres.sh", "--yes");
    expect(silent.status, silent.stderr).toBe(1);
    expect(silent.stderr).toContain("is not known; --accept-loss goes on");
    expect(state()).toBe(before);

    const moved = run("fail-over-postgres.sh", "--yes", "--accept-loss");
    expect(moved.status, moved.stderr).toBe(0);
    expect(moved.stderr).not.toContain("cret");
    const address = aws(there, "rds", "describe-db-instances", "--query", "DBInstances[0].Endpoint.Address");
    expect(state()).toBe(`Nonepostgresql://app:se%2Fcret@${address}:5432/app?sslmode=require`);

    const again = run("fail-over-postgres.sh", "--yes");
    expect(again.status, again.stderr).toBe(0);
    expect(again.stderr).toContain("stands on its own already");
    expect(again.stderr).toContain("know it already");
  }, 180_000);

  test("cut-over-dns.sh moves the name, saves where it pointed, and moves it back", () => {
    const balancer = (region: string) => {
      const subnets = aws(region, "ec2", "describe-subnets", "--query", "Subnets[:2].SubnetId").split(/\s+/);
      const made = ["--query", "LoadBalancers[0].[DNSName, CanonicalHostedZoneId]"];
      return aws(region, "elbv2", "create-load-balancer", "--name", "web", "--subnets", ...subnets, ...made).split(/\s+/);
    };
    const [[oldName = "", oldZone = ""], [newName = ""]] = [balancer(here), balancer(there)];
    const zone = aws(
      here,
      "route53",
      "create-hosted-zone",
      "--name",
      "governance.example",
      "--caller-reference",
      "1",
      "--query",
      "HostedZone.Id",
    );
    const alias = { HostedZoneId: oldZone, DNSName: oldName, EvaluateTargetHealth: false };
    const set = { Name: "app.governance.example.", Type: "A", AliasTarget: alias };
    const batch = JSON.stringify({ Changes: [{ Action: "UPSERT", ResourceRecordSet: set }] });
    aws(here, "route53", "change-resource-record-sets", "--hosted-zone-id", zone, "--change-batch", batch);
    const pointsTo = () =>
      aws(
        here,
        "route53",
        "list-resource-record-sets",
        "--hosted-zone-id",
        zone,
        "--query",
        "ResourceRecordSets[?Type=='A'] | [0].AliasTarget.DNSName",
      );

    const unknown = run("cut-over-dns.sh", "--to=nobody.example", "--yes");
    expect(unknown.status, unknown.stderr).toBe(1);
    const there1 = run("cut-over-dns.sh", `--to=${newName}`, "--yes");
    expect(there1.status, there1.stderr).toBe(0);
    expect(pointsTo()).toContain(newName);
    expect(run("cut-over-dns.sh", `--to=${newName}`, "--yes").stderr).toContain("Nothing to move.");

    const saved = readdirSync(files.folder).find((one) => one.startsWith("cut-over-production-")) ?? "";
    expect(readFileSync(files.at(saved), "utf8")).toContain(oldName);
    const back = run("cut-over-dns.sh", `--back=${saved}`, "--yes");
    expect(back.status, back.stderr).toBe(0);
    expect(pointsTo()).toContain(oldName);
  }, 180_000);

  test("back-up.sh uploads a whole dump, for as long as it is to be kept, and nothing of one that broke off", () => {
    const bucket = "ai-governance-production-copies";
    aws(here, "s3api", "create-bucket", "--bucket", bucket, "--create-bucket-configuration", `LocationConstraint=${here}`);
    const secrets = {
      "database-url": "postgresql://app:x@db.example/app",
      "minio-url": "https://m",
      "minio-access-key": "a",
      "minio-secret-key": "s",
    };
    for (const [name, value] of Object.entries(secrets)) {
      // The command line fetches what looks like an address: from a file it is taken as it is.
      writeFileSync(files.at("value"), value);
      aws(here, "secretsmanager", "create-secret", "--name", name, "--secret-string", `file://${files.at("value")}`);
    }
    const tools = written([
      {
        path: "pg_dump",
        text: '#!/bin/sh\n[ -z "$BROKEN" ] || exit 1\nfor one; do case $one in --file=*) echo "$PGHOST" >"${one#--file=}";; esac; done\n',
        executable: true,
      },
      { path: "pg_restore", text: "#!/bin/sh\n", executable: true },
      { path: "mc", text: '#!/bin/sh\necho "mc $* $MC_HOST_live"\n', executable: true },
    ]);
    const backUp = (more: Readonly<Record<string, string>>) =>
      spawnSync("bash", [files.at("infra/backups/back-up.sh"), "--environment=production", "--yes"], {
        encoding: "utf8",
        env: { ...env(), PATH: `${tools.folder}:${env().PATH}`, USE_BACKUPS: bucket, USE_COPY: "copy/backups", ...more },
      });
    expect(backUp({ BROKEN: "1" }).status).not.toBe(0);
    expect(aws(here, "s3api", "list-objects-v2", "--bucket", bucket, "--query", "Contents[].Key")).toBe("None");
    const done = backUp({});
    expect(done.status, done.stderr).toBe(0);
    expect(done.stderr).toContain("mc mirror --overwrite --preserve live/evidence copy/backups/evidence https://a:s@m");
    expect(aws(here, "s3api", "list-objects-v2", "--bucket", bucket, "--query", "Contents[].Key")).toMatch(
      /^postgres\/.*\.dump$/,
    );
    const days = ["--query", "Rules[0].Expiration.Days"];
    expect(aws(here, "s3api", "get-bucket-lifecycle-configuration", "--bucket", bucket, ...days)).toBe("30");
    tools.remove();
  }, 180_000);

  test("verify-backups.sh: no dump is a fail, and a dump that nobody restored is no pass", () => {
    const bucket = "ai-governance-production-backups-123456789012";
    aws(here, "s3api", "create-bucket", "--bucket", bucket, "--create-bucket-configuration", `LocationConstraint=${here}`);
    const none = run("verify-backups.sh");
    expect(none.status, none.stderr).toBe(1);
    expect(none.stdout).toMatch(/^fail +there is no dump/);
    aws(here, "s3api", "put-object", "--bucket", bucket, "--key", "postgres/2026-01-01.dump");
    const unproven = run("verify-backups.sh");
    expect(unproven.stdout).toMatch(
      /^pass +the newest dump, postgres\/2026-01-01.dump, is 0 hours old\ninconclusive +nothing was restored/,
    );
    expect(unproven.status).not.toBe(0);
  }, 60_000);
});
