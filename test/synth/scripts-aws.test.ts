import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scripts } from "../../src/synth/scripts/index.ts";
import { type Moto, pythonWithMoto, startMoto } from "../support/moto/server.ts";
import { onPath } from "../support/on-path.ts";
import { subjectOf } from "../support/synth.ts";
import { type Written, written } from "../support/written.ts";

// The scripts of ai-governance that fail over, run with the AWS command line against moto. What is said to a cluster is written down by a
// stand-in for kubectl, which hands out the MinIO of the cluster that it was last told of.

const kubectl = `#!/bin/bash
cluster=$(grep -o 'cluster/[a-z-]*' "$KUBECONFIG" | head -n 1 | cut -d/ -f2)
echo "$cluster: $*" >>"$KUBECTL_LOG"
case $* in
  *port-forward*)
    [[ $cluster != "$LOST" ]] || { echo "no route to $cluster" >&2; exit 1; }
    if [[ $cluster == *-standby ]]; then port=20002; else port=20001; fi
    echo "Forwarding from 127.0.0.1:$port -> 9000"
    exec sleep 30
    ;;
  *"get secret minio-tls"*) echo "authority of $cluster" | base64 ;;
  *"get externalsecrets"*)
    if [[ -e $KUBECTL_LOG.asked ]]; then date -u +%Y-%m-%dT%H:%M:%SZ; else echo 2026-01-01T00:00:00Z; fi
    touch "$KUBECTL_LOG.asked"
    ;;
esac
`;
const mc = `#!/bin/bash
echo "mc $* $MC_HOST_live $MC_HOST_there" >>"$MC_LOG"
cat "$MC_CONFIG_DIR"/certs/CAs/*.crt >>"$MC_LOG"
case $1 in diff) printf %s "$DIFFERENCE" ;; ilm) echo '{"NoncurrentDays":90}' ;; esac
`;

const [here, there] = ["eu-central-1", "eu-west-1"];

const python = onPath("aws") ? pythonWithMoto() : undefined;

describe.skipIf(python === undefined)("ai-governance on AWS (with aws and moto)", () => {
  let files: Written;
  let tools: Written;
  let moto: Moto;
  beforeAll(async () => {
    files = written(scripts(await subjectOf("ai-governance")));
    tools = written([
      { path: "kubectl", text: kubectl, executable: true },
      { path: "mc", text: mc, executable: true },
    ]);
    moto = await startMoto(python ?? "");
    for (const [region, cluster] of [
      [here, "ai-governance-production"],
      [there, "ai-governance-production-standby"],
    ] as const) {
      const as = ["--role-arn", "arn:aws:iam::123456789012:role/eks", "--resources-vpc-config", "subnetIds=subnet-1,subnet-2"];
      aws(region, "eks", "create-cluster", "--name", cluster, ...as);
    }
  }, 120_000);
  afterAll(async () => {
    files.remove();
    tools.remove();
    await moto.stop();
  });

  const env = () => ({
    PATH: `${tools.folder}:${process.env["PATH"] ?? ""}`,
    HOME: files.folder,
    KUBECTL_LOG: tools.at("kubectl.log"),
    MC_LOG: tools.at("mc.log"),
    ...moto.env,
  });
  const with_ = (given: Readonly<Record<string, string>>, script: string, ...words: string[]) =>
    spawnSync("bash", [files.at(`infra/backups/${script}`), "--environment=production", ...words], {
      cwd: files.folder,
      encoding: "utf8",
      env: { ...env(), ...given },
      input: "",
    });
  const run = (script: string, ...words: string[]) => with_({}, script, ...words);
  /** What was said since it was last asked. */
  const said = (log: string) => {
    const text = existsSync(tools.at(log)) ? readFileSync(tools.at(log), "utf8") : "";
    rmSync(tools.at(log), { force: true });
    rmSync(tools.at(`${log}.asked`), { force: true });
    return text;
  };
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
    expect(moved.stderr).not.toMatch(/se(%2F|\/)cret/);
    // Nobody waits for the hour in which External Secrets looks again.
    expect(said("kubectl.log").split("\n")).toEqual([
      expect.stringMatching(/^ai-governance-production-standby: .*annotate externalsecrets --all --overwrite force-sync=20/),
      expect.stringContaining("get externalsecrets"),
      expect.stringContaining("get externalsecrets"),
      expect.stringContaining("rollout restart deployment"),
      expect.stringContaining("rollout status deployment"),
      "",
    ]);
    const address = aws(there, "rds", "describe-db-instances", "--query", "DBInstances[0].Endpoint.Address");
    expect(state()).toBe(`Nonepostgresql://app:se%2Fcret@${address}:5432/app?sslmode=require`);

    const again = run("fail-over-postgres.sh", "--yes");
    expect(again.status, again.stderr).toBe(0);
    expect(again.stderr).toContain("stands on its own already");
    expect(again.stderr).toContain("has it already");
  }, 180_000);

  test("cut-over-dns.sh moves the name, saves where it pointed, and moves it back", () => {
    const way = (region: string, of: string) =>
      [0, 1].map((index) => {
        const tags = `ResourceType=elastic-ip,Tags=[{Key=Name,Value=${of}-ingress-${index}}]`;
        return aws(region, "ec2", "allocate-address", "--domain", "vpc", "--tag-specifications", tags, "--query", "PublicIp");
      });
    const name = "ai-governance-production";
    const [old, other] = [way(here, name), way(there, `${name}-standby`)];
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
    const set = {
      Name: "app.governance.example.",
      Type: "A",
      TTL: 60,
      ResourceRecords: old.map((address) => ({ Value: address })),
    };
    const batch = JSON.stringify({ Changes: [{ Action: "UPSERT", ResourceRecordSet: set }] });
    aws(here, "route53", "change-resource-record-sets", "--hosted-zone-id", zone, "--change-batch", batch);
    const query = "ResourceRecordSets[?Type=='A'].ResourceRecords[].Value";
    const pointsTo = () =>
      aws(here, "route53", "list-resource-record-sets", "--hosted-zone-id", zone, "--query", query).split(/\s+/).toSorted();

    const unknown = run("cut-over-dns.sh", "--to=us-west-2", "--yes");
    expect(unknown.status, unknown.stderr).toBe(1);
    expect(unknown.stderr).toContain("nothing leads into us-west-2");
    const gone = run("cut-over-dns.sh", `--to=${there}`, "--yes");
    expect(gone.status, gone.stderr).toBe(0);
    expect(pointsTo()).toEqual(other.toSorted());
    expect(run("cut-over-dns.sh", `--to=${there}`, "--yes").stderr).toContain("Nothing to move.");

    const saved = readdirSync(files.folder).find((one) => one.startsWith("cut-over-production-")) ?? "";
    for (const address of old) expect(readFileSync(files.at(saved), "utf8")).toContain(address);
    const back = run("cut-over-dns.sh", `--back=${saved}`, "--yes");
    expect(back.status, back.stderr).toBe(0);
    expect(pointsTo()).toEqual(old.toSorted());
  }, 180_000);

  test("back-up.sh uploads a whole dump and nothing of one that broke off, and leaves the bucket as Terraform made it", () => {
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
    const postgres = written([
      {
        path: "pg_dump",
        text: '#!/bin/sh\n[ -z "$BROKEN" ] || exit 1\nfor one; do case $one in --file=*) echo "$PGHOST" >"${one#--file=}";; esac; done\n',
        executable: true,
      },
      { path: "pg_restore", text: "#!/bin/sh\n", executable: true },
    ]);
    const backUp = (more: Readonly<Record<string, string>>) =>
      spawnSync("bash", [files.at("infra/backups/back-up.sh"), "--environment=production", "--yes"], {
        encoding: "utf8",
        env: { ...env(), PATH: `${postgres.folder}:${env().PATH}`, USE_BACKUPS: bucket, USE_COPY: "copy/backups", ...more },
      });
    expect(backUp({ BROKEN: "1" }).status).not.toBe(0);
    expect(aws(here, "s3api", "list-objects-v2", "--bucket", bucket, "--query", "Contents[].Key")).toBe("None");
    const done = backUp({});
    expect(done.status, done.stderr).toBe(0);
    expect(said("mc.log")).toBe(
      "mc mirror --overwrite --preserve live/evidence copy/backups/evidence https://a:s@localhost:20001 \nauthority of ai-governance-production\n",
    );
    expect(aws(here, "s3api", "list-objects-v2", "--bucket", bucket, "--query", "Contents[].Key")).toMatch(
      /^postgres\/.*\.dump$/,
    );
    expect(() => aws(here, "s3api", "get-bucket-lifecycle-configuration", "--bucket", bucket)).toThrow("does not exist");
    postgres.remove();
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

  test("verify-backups.sh and fail-over-minio.sh ask each MinIO in its own cluster", () => {
    for (const name of ["minio-access-key", "minio-secret-key"])
      aws(there, "secretsmanager", "create-secret", "--name", name, "--secret-string", name);
    const bucket = "ai-governance-production-backups-123456789012";
    const life = { Rules: [{ ID: "age", Status: "Enabled", Filter: {}, Expiration: { Days: 30 } }] };
    const configuration = ["--lifecycle-configuration", JSON.stringify(life)];
    aws(here, "s3api", "put-bucket-lifecycle-configuration", "--bucket", bucket, ...configuration);
    said("mc.log");
    said("kubectl.log");

    const same = run("verify-backups.sh");
    expect(same.stdout).toContain("pass         dumps are kept for 30 days");
    expect(same.stdout).toContain("pass         every file is in eu-west-1 too");
    expect(same.stdout).toContain("pass         earlier versions are kept as long as they should be");
    expect(said("mc.log")).toContain(
      `mc diff live/evidence there/evidence https://a:s@localhost:20001 https://minio-access-key:minio-secret-key@localhost:20002
authority of ai-governance-production
authority of ai-governance-production-standby
`,
    );
    const differing = with_({ DIFFERENCE: "a\nb\n" }, "verify-backups.sh");
    expect(differing.stdout).toContain("fail         2 files differ between eu-central-1 and eu-west-1");
    const lost = with_({ LOST: "ai-governance-production" }, "verify-backups.sh");
    expect(lost.stdout).toContain("inconclusive the files of the two regions cannot be compared");

    expect(with_({ DIFFERENCE: "a\n" }, "fail-over-minio.sh", "--yes").stderr).toContain("1 files differ");
    const unknown = with_({ LOST: "ai-governance-production" }, "fail-over-minio.sh", "--yes");
    expect(unknown.status).toBe(1);
    expect(unknown.stderr).toContain("is not known; --accept-loss goes on");
    expect(said("kubectl.log")).not.toContain("rollout");
    const moved = with_({ LOST: "ai-governance-production" }, "fail-over-minio.sh", "--yes", "--accept-loss");
    expect(moved.status, moved.stderr).toBe(0);
    expect(said("kubectl.log")).toMatch(/-standby: .*force-sync=[^]*-standby: .*rollout restart deployment/);
  }, 180_000);
});
