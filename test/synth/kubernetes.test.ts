import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseEnv } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { marked } from "../../src/synth/marked.ts";
import { kubernetes } from "../../src/synth/kubernetes/index.ts";
import { type Json, type Thing, build, containersOf, documents, templateOf } from "../support/kubernetes/kustomize.ts";
import { referenceProblems, restrictedProblems } from "../support/kubernetes/rules.ts";
import { problemsOf } from "../support/kubernetes/validate.ts";
import { has } from "../support/programs.ts";
import { type ExampleName, filesOf, subjectOf } from "../support/synth.ts";

const cases = [
  { example: "proveniq-ledger", cloud: "gcp", folder: "infrastructure/kubernetes", environment: "sandbox" },
  { example: "ai-governance", cloud: "aws", folder: "infra/kubernetes", environment: "staging" },
  { example: "ai-governance", cloud: "aws", folder: "infra/kubernetes", environment: "production" },
  { example: "ai-governance", cloud: "azure", folder: "infra/kubernetes", environment: "staging" },
  { example: "ai-governance", cloud: "azure", folder: "infra/kubernetes", environment: "production" },
  { example: "ai-governance", cloud: "aws", folder: "infra/kubernetes", environment: "production-standby" },
  { example: "ai-governance", cloud: "azure", folder: "infra/kubernetes", environment: "production-standby" },
] as const satisfies readonly { example: ExampleName; cloud: string; folder: string; environment: string }[];

async function textsOf(example: ExampleName, cloud: string): Promise<Map<string, string>> {
  const subject = await subjectOf(example, { switches: { cloud } });
  return new Map(kubernetes(subject).map((file) => [file.path, marked(file).text]));
}

const texts = new Map<string, Map<string, string>>();
beforeAll(async () => {
  for (const { example, cloud } of cases) texts.set(`${example} ${cloud}`, await textsOf(example, cloud));
});

function built({ example, cloud, folder, environment }: (typeof cases)[number]): Thing[] {
  return build(texts.get(`${example} ${cloud}`) ?? new Map(), `${folder}/overlays/${environment}`);
}

function find(things: readonly Thing[], kind: string, name: string): Thing & { spec: Json } {
  const found = things.find((one) => one.kind === kind && one.metadata.name === name);
  if (!found) throw new Error(`there is no ${kind} ${name}`);
  return found as Thing & { spec: Json };
}

function podOf(things: readonly Thing[], kind: string, name: string): Json {
  return templateOf(find(things, kind, name))?.spec ?? {};
}

const [ledger, staging, production, azureStaging, , awsStandby] = cases;

describe.each(cases)("$example $environment on $cloud", (one) => {
  test("is made of objects that the API knows, with what it requires and nothing else", async () => {
    const problems = await Promise.all(built(one).map(problemsOf));
    expect(problems.flat()).toEqual([]);
  });

  test("has pods that the restricted profile lets in, each with limits", () => {
    expect(restrictedProblems(built(one))).toEqual([]);
  });

  test("names nothing that is not there", () => {
    expect(referenceProblems(built(one))).toEqual([]);
  });

  test("has each object once, all in one namespace", () => {
    const names = built(one).map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    const namespace = find(built(one), "Namespace", one.example).metadata.name;
    expect(new Set(built(one).flatMap(({ metadata }) => metadata["namespace"] ?? []))).toEqual(new Set([namespace]));
  });

  test("holds no secret and no image that may change under its name", () => {
    for (const thing of built(one)) {
      expect(thing.kind).not.toBe("Secret");
      for (const { image } of containersOf(thing)) expect(image).toMatch(/^[^:]+(:[0-9]+)?[^:]*:(?!latest$)[^:]+$/);
    }
  });
});

describe.skipIf(!has("kubectl"))("with kubectl's kustomize", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "kustomize-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(cases)("$example $environment on $cloud is merged as this test merges it", (one) => {
    const root = path.join(folder, `${one.cloud}-${one.environment}`);
    write(root, texts.get(`${one.example} ${one.cloud}`) ?? new Map());
    const text = execFileSync("kubectl", ["kustomize", path.join(root, one.folder, "overlays", one.environment)], {
      encoding: "utf8",
    });
    expect(canonical(documents(text))).toEqual(canonical(built(one)));
    const order = documents(text).map(({ kind }) => kind);
    expect(order[0]).toBe("Namespace");
    // KEDA asks for the route as soon as it sees what is scaled by it.
    expect(order.indexOf("InterceptorRoute")).toBeLessThanOrEqual(order.indexOf("ScaledObject"));
    expect(order.indexOf("Service")).toBeLessThan(order.indexOf("Deployment"));
  });

  test("refuses an overlay that names a file which is not there", () => {
    const root = path.join(folder, "broken");
    const given = new Map(texts.get("proveniq-ledger gcp"));
    given.delete("infrastructure/kubernetes/overlays/sandbox/terraform.env");
    write(root, given);
    expect(() =>
      execFileSync("kubectl", ["kustomize", path.join(root, ledger.folder, "overlays/sandbox")], { stdio: "pipe" }),
    ).toThrow(/terraform\.env/);
  });
});

function write(root: string, given: ReadonlyMap<string, string>): void {
  for (const [file, text] of given) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}

/** Generated names without their hashes, objects and the lists that kustomize orders in an order of their own. */
function canonical(things: readonly Thing[]): unknown[] {
  const names = things.filter(({ kind }) => kind === "ConfigMap").map(({ metadata }) => metadata.name);
  let text = JSON.stringify(things);
  for (const name of names) text = text.replaceAll(`"${name}"`, `"${name.replace(/-[a-z0-9]{10}$/, "")}"`);
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, one]) => [key, sorted(one)]),
    );
  };
  return sorted(JSON.parse(text)) as unknown[];
}

describe("the ledger's sandbox (LED)", () => {
  test("is the deployment ledger-api with the container api, under the document's image name", () => {
    const [container] = containersOf(find(built(ledger), "Deployment", "ledger-api"));
    expect(container).toMatchObject({ name: "api", image: "gcr.io/proveniq-ledger-sandbox/api:from-the-release" });
  });

  test("has at most five pods, whatever is applied, and room for the one that a release starts", () => {
    expect(find(built(ledger), "ResourceQuota", "limits").spec).toEqual({ hard: { pods: "5" } });
    expect(find(built(ledger), "ScaledObject", "ledger-api").spec).toMatchObject({
      minReplicaCount: 0,
      maxReplicaCount: 5,
      cooldownPeriod: 1800,
    });
    expect(find(built(ledger), "Deployment", "ledger-api").spec["strategy"]).toEqual({
      type: "RollingUpdate",
      rollingUpdate: { maxSurge: 1, maxUnavailable: "25%" },
    });
  });

  test("opens no more than 50 connections", () => {
    const data = find(built(ledger), "ConfigMap", "ledger-api") as unknown as { data: Record<string, string> };
    expect(Number(data.data["DATABASE_POOL_MAX"]) * 5).toBeLessThanOrEqual(50);
  });

  test("has the alpha features on", () => {
    expect(find(built(ledger), "ConfigMap", "ledger-api")).toMatchObject({
      data: { ENABLE_WEBHOOKS: "true", ENABLE_DEMO_DATA_GENERATOR: "true", MOCK_GEMINI_AI: "true" },
    });
  });
});

test("what an overlay wants of Terraform is what the environment's root gives", async () => {
  const files = await filesOf("proveniq-ledger");
  const wanted = Object.keys(parseEnv(files.get(`${ledger.folder}/overlays/sandbox/terraform.env`)?.text ?? ""));
  const outputs = files.get("infrastructure/terraform/environments/sandbox/outputs.tf")?.text ?? "";
  const given = /output "terraform_env" \{[^}]*value = \{\n([\s\S]*?)\n {2}\}/.exec(outputs)?.[1] ?? "";
  expect(given.split("\n").map((line) => line.trim().split(" ")[0])).toEqual(wanted);
});

test("a redis is reached at its port with TLS too, and at the database's nothing else is", () => {
  const { egress } = find(built(ledger), "NetworkPolicy", "ledger-api").spec as { egress: { ports: { port: number }[] }[] };
  expect(egress.map(({ ports }) => ports.map(({ port }) => port))).toEqual([[5432], [6378, 6379, 6380]]);
});

describe("the governance platform (GOV)", () => {
  test("is frontend, backend, cron and proxy", () => {
    const pods = built(staging).filter((one) => templateOf(one) !== undefined);
    expect(pods.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "Deployment frontend",
      "Deployment proxy",
      "Deployment backend",
      "CronJob cron",
      "CronJob migrate-db",
      "Deployment log-shipper",
    ]);
    expect(find(built(staging), "CronJob", "cron").spec).toMatchObject({ schedule: "*/15 * * * *", concurrencyPolicy: "Forbid" });
  });

  test.each(["frontend", "backend", "proxy"])("%s is scaled from 2 to 10 at 70 %% CPU or 80 %% memory", (name) => {
    expect(find(built(staging), "HorizontalPodAutoscaler", name).spec).toMatchObject({
      minReplicas: 2,
      maxReplicas: 10,
      metrics: [
        { resource: { name: "cpu", target: { averageUtilization: 70 } } },
        { resource: { name: "memory", target: { averageUtilization: 80 } } },
      ],
    });
    expect(find(built(staging), "Deployment", name).spec["replicas"]).toBeUndefined();
  });

  test.each(["frontend", "backend"])("%s is reached by HTTPS alone: nobody may dial what it listens on itself", (name) => {
    const policy = find(built(staging), "NetworkPolicy", name).spec as { ingress: { ports: unknown }[] };
    expect(policy.ingress.flatMap(({ ports }) => ports)).toEqual([{ protocol: "TCP", port: 8443 }]);
    expect(find(built(staging), "Service", name).spec["ports"]).toMatchObject([{ port: 443, targetPort: 8443 }]);
    expect(find(built(staging), "Certificate", name).spec["dnsNames"]).toEqual([name]);
  });

  test("is migrated from inside, with the backend's image and secrets, and never by itself", () => {
    const job = find(built(staging), "CronJob", "migrate-db");
    expect(job.spec["suspend"]).toBe(true);
    expect(containersOf(job)).toMatchObject([
      {
        image: containersOf(find(built(staging), "Deployment", "backend")).at(-1)?.["image"],
        command: ["sh", "-c", "npx prisma migrate deploy"],
      },
    ]);
    expect(find(built(staging), "NetworkPolicy", "migrate-db").spec).toMatchObject({ egress: [{ ports: [{ port: 5432 }] }] });
  });

  test("is entered at its host over TLS, and the way on is verified", () => {
    const ingress = find(built(production), "Ingress", "proxy");
    expect(ingress.spec["tls"]).toEqual([{ hosts: ["app.governance.example"], secretName: "proxy-public-tls" }]);
    expect(ingress.metadata["annotations"]).toMatchObject({
      "nginx.ingress.kubernetes.io/backend-protocol": "HTTPS",
      "nginx.ingress.kubernetes.io/proxy-ssl-verify": "on",
      "nginx.ingress.kubernetes.io/proxy-ssl-secret": "ai-governance/proxy-tls",
    });
  });

  test("nothing passes but what a policy names", () => {
    expect(find(built(staging), "NetworkPolicy", "default-deny").spec).toEqual({
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
    });
    expect(JSON.stringify(find(built(staging), "NetworkPolicy", "frontend").spec)).not.toContain("egress");
  });

  test("staging differs from production in its name, its host and its integrations only", () => {
    const strip = (things: Thing[]) =>
      JSON.stringify(canonical(things))
        .replaceAll(/staging\.governance|app\.governance/g, "HOST")
        .replaceAll(/"INTEGRATIONS":"(sandbox|live)"/g, "");
    expect(strip(built(staging))).toBe(strip(built(production)));
  });
});

test("the second region is the first again, reads its own secrets, and runs no job until it takes over", () => {
  expect(find(built(awsStandby), "SecretStore", "backend").spec).toMatchObject({ provider: { aws: { region: "eu-west-1" } } });
  expect(find(built(awsStandby), "CronJob", "cron").spec["suspend"]).toBe(true);
  expect(built(awsStandby).map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual(
    built(production).map(({ kind, metadata }) => `${kind} ${metadata.name}`),
  );
});

describe("the switch of clouds", () => {
  test("changes no byte of the base", () => {
    const base = (cloud: string) =>
      [...(texts.get(`ai-governance ${cloud}`) ?? [])].filter(([file]) => file.startsWith("infra/kubernetes/base/"));
    expect(base("aws").length).toBeGreaterThan(5);
    expect(base("azure")).toEqual(base("aws"));
  });

  test("changes stores, identities and images", () => {
    const on = (one: (typeof cases)[number]) => ({
      store: Object.keys(find(built(one), "SecretStore", "backend").spec["provider"] as Json),
      identity: find(built(one), "ServiceAccount", "backend").metadata["annotations"],
      image: containersOf(find(built(one), "Deployment", "backend")).at(-1)?.["image"],
    });
    expect(on(staging)).toEqual({
      store: ["aws"],
      // EKS knows by its name which role a service account has.
      identity: undefined,
      image: "444455556666.dkr.ecr.eu-central-1.amazonaws.com/governance/server:from-the-release",
    });
    expect(on(azureStaging)).toEqual({
      store: ["azurekv"],
      identity: { "azure.workload.identity/client-id": "from-terraform", "azure.workload.identity/tenant-id": "from-terraform" },
      image: "governance.azurecr.io/server:from-the-release",
    });
    expect(find(built(ledger), "ServiceAccount", "ledger-api").metadata["annotations"]).toEqual({
      "iam.gke.io/gcp-service-account": "from-terraform",
    });
  });
});

describe("what checks the objects refuses", () => {
  const good = () => structuredClone(built(staging));

  test.each<[string, string, string, (one: Thing & { spec: Json }) => void, RegExp]>([
    ["a field that there is not", "Deployment", "backend", (one) => (one.spec["replica"] = 1), /no such field/],
    ["a wrong type", "Deployment", "backend", (one) => (one.spec["revisionHistoryLimit"] = "five"), /must be integer/],
    ["what is missing", "Service", "backend", (one) => (one.spec["ports"] = [{ name: "x" }]), /required property port/],
    ["an unknown field of a certificate", "Certificate", "backend", (one) => (one.spec["dns"] = []), /additional properties/],
    ["a store without a name", "ExternalSecret", "backend", (one) => delete one.spec["secretStoreRef"], /required property/],
  ])("%s", async (_, kind, name, spoil, says) => {
    const thing = find(good(), kind, name);
    spoil(thing);
    expect((await problemsOf(thing)).join("\n")).toMatch(says);
  });

  test.each<[string, (things: Thing[]) => void, RegExp]>([
    ["a pod that may be root", (all) => delete podOf(all, "Deployment", "backend")["securityContext"], /may run as root/],
    [
      "a writable root",
      (all) => ((containersOf(find(all, "CronJob", "cron"))[0] ?? {})["securityContext"] = {}),
      /writes to its root/,
    ],
    ["a folder of the node", (all) => (podOf(all, "CronJob", "cron")["volumes"] = [{ name: "a", hostPath: {} }]), /volume a/],
  ])("%s", (_, spoil, says) => {
    const things = good();
    spoil(things);
    expect(restrictedProblems(things).join("\n")).toMatch(says);
  });

  test.each<[string, (things: Thing[]) => void, RegExp]>([
    [
      "a selector that finds nothing",
      (all) => (find(all, "Service", "backend").spec["selector"] = { a: "b" }),
      /selects nothing/,
    ],
    [
      "a port that nobody has",
      (all) => (find(all, "Service", "backend").spec["ports"] = [{ port: 1, targetPort: 9 }]),
      /nobody listens on 9/,
    ],
    [
      "a secret that nobody makes",
      (all) => all.splice(all.indexOf(find(all, "ExternalSecret", "backend")), 1),
      /no secret backend/,
    ],
    [
      "an account that is not there",
      (all) => all.splice(all.indexOf(find(all, "ServiceAccount", "cron")), 1),
      /no service account cron/,
    ],
  ])("%s", (_, spoil, says) => {
    const things = good();
    spoil(things);
    expect(referenceProblems(things).join("\n")).toMatch(says);
  });
});
