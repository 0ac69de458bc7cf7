import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scripts } from "../../src/synth/scripts/index.ts";
import { type CloudState, emptyCloud } from "../support/gcloud/cloud.ts";
import { type Kill, type Ran, type StandIn, startStandIn } from "../support/gcloud/stand-in.ts";
import { subjectOf } from "../support/synth.ts";
import { type Written, written } from "../support/written.ts";

// The scripts that set codementor up, run against the stand-in for gcloud.

const folder = "infrastructure/gcp/scripts";
const server = "https://gantry.codementor.example";
const asked = { BILLING_ACCOUNT: "000000-111111-222222", ORGANISATION_ID: "none", BUILD_GANTRY_SERVER: server };

let files: Written;
let standIn: StandIn;
beforeAll(async () => {
  files = written(scripts(await subjectOf("codementor")));
  standIn = await startStandIn();
});
afterAll(async () => {
  files.remove();
  await standIn.stop();
});

type How = { readonly kill?: Kill; readonly env?: Readonly<Record<string, string>>; readonly input?: string };
const run = (name: string, words: readonly string[], cloud: CloudState, { env = {}, ...how }: How = {}): Promise<Ran> =>
  standIn.run(files.at(`${folder}/${name}`), words, cloud, { ...how, env: { ...asked, ...env } });
const deploy = (cloud: CloudState, environment = "dev", how: How = {}) =>
  run("deploy-all.sh", [`--environment=${environment}`, "--yes"], cloud, how);
/** Production's images come from dev, which is there before it. */
async function beforeHand(environment: string): Promise<CloudState> {
  const cloud = emptyCloud();
  if (environment === "prod") good(await deploy(cloud));
  return cloud;
}
const changesOf = ({ calls }: Ran) => calls.filter(({ change }) => change);

/** A password is another each time: what is compared has none. */
function comparable(cloud: CloudState): string {
  const text = JSON.stringify(cloud);
  const [password] = /\b[0-9a-f]{48}\b/.exec(text) ?? [];
  return password === undefined ? text : text.replaceAll(password, "<password>");
}

function good(ran: Ran): Ran {
  expect(ran, ran.stderr).toMatchObject({ status: 0, signal: null });
  return ran;
}

describe.each(["dev", "prod"])("deploy-all.sh for %s", (environment) => {
  test("makes everything in the first run, and changes nothing in the second", async () => {
    const cloud = await beforeHand(environment);
    const first = good(await deploy(cloud, environment));
    expect(changesOf(first).length).toBeGreaterThan(30);
    const before = JSON.stringify(cloud);
    const second = good(await deploy(cloud, environment));
    expect(changesOf(second)).toEqual([]);
    expect(JSON.stringify(cloud)).toBe(before);
  });
});

test("a run killed before or after the effect of any call that changes something is completed by the next", async () => {
  const whole = emptyCloud();
  const full = good(await deploy(whole));
  const wanted = comparable(whole);
  const changing = full.calls.flatMap(({ change }, index) => (change ? [index + 1] : []));
  const kills = changing.flatMap((call) => [{ call, when: "before" } as const, { call, when: "after" } as const]);
  // What a run killed before a call leaves is what the one killed after the call before left: then it was completed from there.
  const completed = new Set<string>();
  const strike = async (kill: Kill) => {
    const cloud = emptyCloud();
    const struck = await deploy(cloud, "dev", { kill });
    expect(struck).toMatchObject({ signal: "SIGKILL", calls: { length: kill.call } });
    if (completed.has(comparable(cloud))) return;
    completed.add(comparable(cloud));
    good(await deploy(cloud));
    expect(comparable(cloud), `killed ${kill.when} call ${kill.call}`).toBe(wanted);
  };
  await inShards(kills, 2, strike);
  expect(completed.size).toBeGreaterThan(changing.length);
}, 600_000);

test("a run killed while it only looks has changed nothing", async () => {
  const cloud = emptyCloud();
  good(await deploy(cloud));
  const before = JSON.stringify(cloud);
  for (const call of [1, 17, 40]) {
    expect((await deploy(cloud, "dev", { kill: { call, when: "after" } })).signal).toBe("SIGKILL");
    expect(JSON.stringify(cloud)).toBe(before);
  }
});

async function inShards<Item>(items: readonly Item[], shards: number, work: (item: Item) => Promise<void>): Promise<void> {
  const queue = [...items];
  const shard = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: shards }, shard));
}

describe("what stands in a cloud already", () => {
  test("a password is made once and is in Secret Manager, in no argument and in no output", async () => {
    const cloud = emptyCloud();
    const ran = good(await deploy(cloud));
    const { secrets = {}, "sql users": users } = cloud.projects["codementor-dev"]?.things ?? {};
    const value = (secret: string) => (secrets[secret] as { versions: { value: string }[] }).versions.map((one) => one.value);
    const [password = ""] = value("database-password");
    expect(password).toMatch(/^[0-9a-f]{48}$/);
    expect(users).toMatchObject({ "codementor-db/codementor": { password } });
    expect(value("database-url")).toEqual([`postgresql://codementor:${password}@10.200.0.3:5432/codementor?sslmode=require`]);
    expect(value("redis-url")).toEqual([
      "rediss://:11111111-2222-3333-4444-555555555555@10.200.1.4:6378/0?ssl_ca_certs=/etc/cache/ca.pem",
    ]);
    const said = JSON.stringify(ran.calls) + ran.stdout + ran.stderr;
    for (const secret of [password, "11111111-2222"]) expect(said).not.toContain(secret);
  });

  test("a user whose password nobody stored is not given another", async () => {
    const cloud = emptyCloud();
    good(await deploy(cloud));
    delete cloud.projects["codementor-dev"]?.things["secrets"]?.["database-password"];
    const before = JSON.stringify(cloud);
    const ran = await run("02-provision-database.sh", ["--yes"], cloud);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("set a new password with\ngcloud sql users set-password codementor");
    expect(JSON.stringify(cloud)).toBe(before);
  });

  test.each([
    ["dev", { "--cpu": "1", "--memory": "512Mi", "--min-instances": "0", "--max-instances": "10", "--ingress": "all" }],
    ["prod", { "--cpu": "2", "--memory": "1Gi", "--min-instances": "1", "--ingress": "internal-and-cloud-load-balancing" }],
  ])("%s has a Cloud Run service of the document's size, with its secrets, in the network", async (environment, size) => {
    const cloud = await beforeHand(environment);
    good(await deploy(cloud, environment));
    const { backend } = cloud.projects[`codementor-${environment}`]?.things["run services"] ?? {};
    expect(backend).toMatchObject({
      ...size,
      "--service-account": `codementor-backend@codementor-${environment}.iam.gserviceaccount.com`,
      "--vpc-connector": "codementor-connector",
      "--set-secrets": "DATABASE_URL=database-url:latest,REDIS_URL=redis-url:latest,/etc/cache/ca.pem=cache-ca:latest",
    });
    expect(backend?.["--set-env-vars"]).toContain("CORS_ORIGINS=http");
  });

  test("builds may read the secrets that they ask for, and are told what they ask for", async () => {
    const cloud = emptyCloud();
    const ran = good(await deploy(cloud));
    expect(ran.stderr).toContain("gcloud secrets versions add gantry-token --project=codementor-dev --data-file=-");
    const things = cloud.projects["codementor-dev"]?.things ?? {};
    const member = "serviceAccount:codementor-deployer@codementor-dev.iam.gserviceaccount.com";
    expect(things["policies"]?.["secrets/gantry-token"]).toEqual({
      bindings: [{ role: "roles/secretmanager.secretAccessor", members: [member] }],
    });
    expect(things["builds triggers"]?.["codementor-dev"]?.["--substitutions"]).toBe(`^;^_GANTRY_SERVER=${server}`);
    const unknown = await run("05-setup-ci-cd.sh", ["--yes"], emptyCloud(), { env: { BUILD_GANTRY_SERVER: "" } });
    expect(unknown.status).not.toBe(0);
  });

  test("production's deployer may read the images of dev and the builds that proved them, and dev's nothing of production", async () => {
    const cloud = await beforeHand("prod");
    good(await deploy(cloud, "prod"));
    const member = "serviceAccount:codementor-deployer@codementor-prod.iam.gserviceaccount.com";
    const policies = (project: string) => cloud.projects[project]?.things["policies"] ?? {};
    const rolesOf = (policy: unknown, one: string) =>
      (policy as { bindings: { role: string; members: string[] }[] }).bindings.flatMap(({ role, members }) =>
        members.includes(one) ? [role] : [],
      );
    expect(rolesOf(policies("codementor-dev")["artifacts repositories/codementor"], member)).toEqual([
      "roles/artifactregistry.reader",
    ]);
    expect(rolesOf(policies("codementor-dev")["projects/all"], member)).toEqual(["roles/cloudbuild.builds.viewer"]);
    expect(JSON.stringify(policies("codementor-prod"))).not.toContain("@codementor-dev.");
  });

  test("production is not set up before what it gets its images from", async () => {
    const failed = await deploy(emptyCloud(), "prod");
    expect(failed.status).toBe(1);
    expect(failed.stderr).toContain("set dev up first");
  });

  test("a Slack channel that somebody connected since is told of alerts from the next run on", async () => {
    const cloud = emptyCloud();
    expect(good(await deploy(cloud)).stderr).toContain("connect #codementor-ops in https://console.cloud.google.com");
    const things = cloud.projects["codementor-dev"]?.things ?? {};
    const name = "projects/codementor-dev/notificationChannels/slack";
    Object.assign(things["beta monitoring channels"] ?? {}, { [name]: { name, labels: { channel_name: "#codementor-ops" } } });
    expect(changesOf(good(await deploy(cloud)))).toHaveLength(1);
    const [policy] = Object.values(things["alpha monitoring policies"] ?? {});
    expect(policy?.["notificationChannels"]).toEqual(["projects/codementor-dev/notificationChannels/1", name]);
    expect(changesOf(good(await deploy(cloud)))).toEqual([]);
  });

  test("what may not be looked at is not taken for missing", async () => {
    const cloud = emptyCloud();
    good(await deploy(cloud));
    delete cloud.projects["codementor-dev"]?.apis["sqladmin.googleapis.com"];
    const ran = await run("02-provision-database.sh", ["--yes"], cloud);
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain("cannot look: gcloud sql instances describe codementor-db");
    expect(changesOf(ran)).toEqual([]);
  });

  test("a script that fails stops the rest, says how far it came, and the next run goes on there", async () => {
    const cloud = emptyCloud();
    const broken = files.at("infrastructure/gcp/monitoring/alerts/api-errors.json");
    const text = readFileSync(broken, "utf8");
    writeFileSync(broken, text.replace('"displayName": "API errors",', '"displayName": "API" errors",'));
    const failed = await deploy(cloud).finally(() => writeFileSync(broken, text));
    expect(failed.status).toBe(1);
    expect(failed.stderr).toMatch(/05-setup-ci-cd.sh +done\n +06-setup-monitoring.sh +failed/);
    good(await deploy(cloud));
  });
});

describe("arguments and questions", () => {
  const all = ["deploy-all.sh", "00-setup-project.sh", "06-setup-monitoring.sh", "verify.sh", "clean-up.sh"];

  test.each(all)("%s has help, and refuses what it does not know", async (name) => {
    const cloud = emptyCloud();
    const help = good(await run(name, ["--help"], cloud));
    expect(help.stdout).toContain(`usage: ${name} [options]`);
    for (const words of [["--yess"], ["extra"], ["--environment=nowhere"], ["-e"]]) {
      const ran = await run(name, words, cloud);
      expect(ran, ran.stderr).toMatchObject({ status: 2, calls: [] });
    }
  });

  test.each(["deploy-all.sh", "01-setup-network.sh", "clean-up.sh"])("%s does nothing that nobody agreed to", async (name) => {
    const ran = await run(name, [], emptyCloud());
    expect(ran).toMatchObject({ status: 2, calls: [] });
    expect(ran.stderr).toContain("nobody is there to ask: say --yes");
  });

  test("a setting that is empty is asked for, and with nobody there it is named", async () => {
    const ran = await run("00-setup-project.sh", ["--yes"], emptyCloud(), { env: { BILLING_ACCOUNT: "" } });
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/BILLING_ACCOUNT is empty: .* Write it into .*project.env/);
  });

  test("--dry-run says what would be done, in an empty cloud and in a whole one, and does nothing", async () => {
    const cloud = emptyCloud();
    const first = good(await run("deploy-all.sh", ["--dry-run"], cloud));
    expect(cloud).toEqual(emptyCloud());
    expect(changesOf(first)).toEqual([]);
    expect(first.stderr).toContain("+ gcloud sql instances create codementor-db");
    good(await deploy(cloud));
    const before = JSON.stringify(cloud);
    const second = good(await run("deploy-all.sh", ["--dry-run"], cloud));
    expect(second.stderr).not.toContain("+ gcloud");
    expect(JSON.stringify(cloud)).toBe(before);
  });

  test("there are no colours where nobody sees them", async () => {
    const ran = await run("deploy-all.sh", ["--dry-run"], emptyCloud(), { env: { TERM: "xterm" } });
    expect(ran.stderr).not.toContain("\u001b");
  });
});

describe("settings stay text", () => {
  const nasty = [
    "two words",
    "quo\"te's",
    "$(touch /tmp/gantry-was-here)",
    "`id`",
    "a;b|c&d",
    "*",
    "back\\slash",
    "\u00fc \ttab",
  ];

  test.each(nasty)("%j as a name reaches gcloud as one word", async (value) => {
    const settings = files.at("infrastructure/gcp/configs/project.env");
    const text = readFileSync(settings, "utf8");
    writeFileSync(
      settings,
      text.replace(/^NETWORK=.*$/m, () => `NETWORK=${value}`),
    );
    const cloud = emptyCloud();
    good(await run("00-setup-project.sh", ["--yes"], cloud));
    const ran = await run("01-setup-network.sh", ["--yes"], cloud).finally(() => writeFileSync(settings, text));
    good(ran);
    expect(Object.keys(cloud.projects["codementor-dev"]?.things["compute networks"] ?? {})).toEqual([value]);
    expect(existsSync("/tmp/gantry-was-here")).toBe(false);
  });

  test.each(['"two words"', "'two words'"])("a pair of quotes around a value is none of it: %s", async (written) => {
    const settings = files.at("infrastructure/gcp/configs/project.env");
    const text = readFileSync(settings, "utf8");
    writeFileSync(settings, text.replace(/^NETWORK=.*$/m, `NETWORK=${written}`));
    const cloud = emptyCloud();
    good(await run("00-setup-project.sh", ["--yes"], cloud));
    good(await run("01-setup-network.sh", ["--yes"], cloud).finally(() => writeFileSync(settings, text)));
    expect(Object.keys(cloud.projects["codementor-dev"]?.things["compute networks"] ?? {})).toEqual(["two words"]);
  });

  test.each([
    ["NETWORK=--help", "starts with a dash"],
    ["PATH=/tmp", "nothing reads the setting PATH"],
    ["DEV__NETWROK=x", "nothing reads the setting DEV__NETWROK"],
    ["rm -rf x", "expected KEY=value"],
  ])("%s is refused", async (line, message) => {
    const settings = files.at("infrastructure/gcp/configs/project.env");
    const text = readFileSync(settings, "utf8");
    writeFileSync(settings, `${text.replace(/^NETWORK=.*\n/m, "")}${line}\n`);
    const ran = await run("01-setup-network.sh", ["--yes"], emptyCloud()).finally(() => writeFileSync(settings, text));
    expect(ran).toMatchObject({ status: 2, calls: [] });
    expect(ran.stderr).toContain(message);
  });
});

describe("texts of the spec stay text", () => {
  const nasty = `a "b" 'c' $(touch /tmp/gantry-was-here) \`id\` \\ \${HOME}; # * \u00fc`;
  const renamed = <Value>(all: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
    Object.fromEntries(Object.values(all).map((one) => [nasty, one]));

  test("names of checks, alerts and dashboards, and values of variables", async () => {
    const subject = await subjectOf("codementor");
    const spoilt = subject.environments.map((one) => ({
      ...one,
      uptime: renamed(one.uptime),
      alerts: renamed(one.alerts),
      dashboards: renamed(one.dashboards),
      services: Object.fromEntries(
        Object.entries(one.services).map(([name, service]) => [name, { ...service, env: { ...service.env, NASTY: nasty } }]),
      ),
    }));
    const theirs = written(scripts({ ...subject, environments: spoilt }));
    const cloud = emptyCloud();
    const go = () => standIn.run(theirs.at(`${folder}/deploy-all.sh`), ["--yes"], cloud, { env: asked });
    good(await go());
    expect(changesOf(good(await go()))).toEqual([]);
    const things: Things = cloud.projects["codementor-dev"]?.things ?? {};
    for (const kind of ["monitoring uptime", "alpha monitoring policies", "monitoring dashboards"])
      expect(Object.values(things[kind] ?? {}), kind).toMatchObject([{ displayName: nasty }]);
    expect(things["run services"]?.["backend"]?.["--set-env-vars"]).toContain(`NASTY=${nasty}`);
    good(await standIn.run(theirs.at(`${folder}/clean-up.sh`), ["--yes"], cloud, { env: asked }));
    expect(left(cloud)).toEqual([]);
    expect(existsSync("/tmp/gantry-was-here")).toBe(false);
    theirs.remove();
  });
});

describe("verify.sh", () => {
  const verdicts = ({ stdout }: Ran) =>
    Object.fromEntries(
      (JSON.parse(stdout) as { verdicts: { check: string; verdict: string }[] }).verdicts.map(({ check, verdict }) => [
        check,
        verdict,
      ]),
    );
  const verify = (cloud: CloudState) => run("verify.sh", ["--json"], cloud);
  const good6 = { project: "pass", apis: "pass", databases: "pass", caches: "pass", secrets: "pass", network: "pass" };

  test("passes a cloud that deploy-all.sh made, a verdict each, and changes nothing", async () => {
    const cloud = emptyCloud();
    good(await deploy(cloud));
    const before = JSON.stringify(cloud);
    const ran = good(await verify(cloud));
    expect(verdicts(ran)).toEqual(good6);
    expect(JSON.stringify(cloud)).toBe(before);
    expect((await run("verify.sh", [], cloud)).stdout).toMatch(/^pass +project\n {2}state: ACTIVE$/m);
  });

  test.each([
    ["databases", (things: Things) => delete things["sql instances"]?.["codementor-db"]],
    ["databases", (things: Things) => setAt(things, "sql instances", "codementor-db", "state", "SUSPENDED")],
    ["caches", (things: Things) => delete things["redis instances"]?.["codementor-cache"]],
    ["caches", (things: Things) => setAt(things, "redis instances", "codementor-cache", "authEnabled", false)],
    ["secrets", (things: Things) => delete things["secrets"]?.["redis-url"]],
    ["network", (things: Things) => delete things["peerings"]?.["codementor-vpc"]],
    ["network", (things: Things) => delete things["compute networks vpc-access connectors"]?.["codementor-connector"]],
  ])("fails %s when something of it is missing or wrong", async (check, spoil) => {
    const cloud = emptyCloud();
    good(await deploy(cloud));
    spoil(cloud.projects["codementor-dev"]?.things ?? {});
    const ran = await verify(cloud);
    expect(ran.status).toBe(1);
    expect(verdicts(ran)).toEqual({ ...good6, [check]: "fail" });
  });

  test("an API that is off fails, and what it hides is inconclusive", async () => {
    const cloud = emptyCloud();
    good(await deploy(cloud));
    delete cloud.projects["codementor-dev"]?.apis["redis.googleapis.com"];
    const ran = await verify(cloud);
    expect(ran.status).toBe(1);
    expect(verdicts(ran)).toEqual({ ...good6, apis: "fail", caches: "inconclusive" });
  });

  test("of an empty cloud nothing passes", async () => {
    const ran = await verify(emptyCloud());
    expect(ran.status).toBe(1);
    expect(new Set(Object.values(verdicts(ran)))).not.toContain("pass");
  });
});

type Things = CloudState["projects"][string]["things"];
function setAt(things: Things, kind: string, name: string, key: string, value: unknown): void {
  Object.assign(things[kind]?.[name] ?? {}, { [key]: value });
}

describe("clean-up.sh", () => {
  test("removes all that deploy-all.sh made, and a second run finds nothing", async () => {
    const cloud = emptyCloud();
    good(await run("00-setup-project.sh", ["--yes"], cloud));
    good(await deploy(cloud));
    const ran = good(await run("clean-up.sh", ["--yes"], cloud));
    expect(left(cloud)).toEqual([]);
    expect(ran.stderr).toContain("Nothing of it is left.");
    expect(changesOf(good(await run("clean-up.sh", ["--yes"], cloud)))).toEqual([]);
    good(await run("clean-up.sh", ["--yes", "--with-project"], cloud));
    expect(cloud.projects).toEqual({});
  });

  test("wants production's project named", async () => {
    const cloud = await beforeHand("prod");
    const devs = JSON.stringify(cloud.projects["codementor-dev"]);
    good(await deploy(cloud, "prod"));
    const before = JSON.stringify(cloud);
    for (const words of [["--yes"], ["--yes", "--confirm=codementor-dev"]]) {
      const refused = await run("clean-up.sh", ["--environment=prod", ...words], cloud);
      expect(refused).toMatchObject({ status: 2, calls: [] });
    }
    expect(JSON.stringify(cloud)).toBe(before);
    good(await run("clean-up.sh", ["--environment=prod", "--yes", "--confirm=codementor-prod"], cloud));
    expect(JSON.stringify(cloud.projects["codementor-dev"])).toBe(devs);
    // Other names may stand in a zone.
    expect(left(cloud, "codementor-prod")).toEqual(["dns managed-zones/codementor-example"]);
  });
});

function left(cloud: CloudState, project = "codementor-dev"): readonly string[] {
  return Object.entries(cloud.projects[project]?.things ?? {})
    .filter(([kind]) => kind !== "logging buckets" && kind !== "policies")
    .flatMap(([kind, things]) => Object.keys(things).map((name) => `${kind}/${name}`))
    .concat(
      (
        (cloud.projects[project]?.things["policies"]?.["projects/all"] as { bindings: unknown[] } | undefined)?.bindings ?? []
      ).map((one) => JSON.stringify(one)),
    );
}
