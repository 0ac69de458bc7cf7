import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Thing, build, containersOf, documents } from "../support/kubernetes/kustomize.ts";
import { restrictedProblems } from "../support/kubernetes/rules.ts";
import { problemsOf } from "../support/kubernetes/validate.ts";
import { cases, monitoringOf } from "../support/monitoring/watches.ts";
import { has } from "../support/programs.ts";

const places = cases
  .filter(({ example }) => example === "ai-governance")
  .flatMap((one) => ["staging", "production"].map((environment) => ({ ...one, environment })));
const texts = new Map<string, ReadonlyMap<string, string>>();
beforeAll(async () => {
  for (const one of places) texts.set(one.cloud, await monitoringOf(one));
});

const folderOf = (environment: string) => `infra/monitoring/${environment}`;
const built = ({ cloud, environment }: (typeof places)[number]): Thing[] =>
  build(texts.get(cloud) ?? new Map(), folderOf(environment));

describe.each(places)("the tools of $title in $environment", (one) => {
  test("are objects that the API knows, with what it requires and nothing else", async () => {
    const problems = await Promise.all(built(one).map(problemsOf));
    expect(problems.flat()).toEqual([]);
  });

  test("have pods that the restricted profile lets in, each with limits, and images that stay", () => {
    expect(restrictedProblems(built(one))).toEqual([]);
    for (const thing of built(one))
      for (const { image } of containersOf(thing)) expect(image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+\.\d+$/);
  });

  test("mount only what is there", () => {
    const things = built(one);
    const names = (kind: string) => new Set(things.filter((thing) => thing.kind === kind).map(({ metadata }) => metadata.name));
    const [maps, secrets, claims, accounts] = ["ConfigMap", "ExternalSecret", "PersistentVolumeClaim", "ServiceAccount"].map(
      names,
    );
    for (const thing of things.filter(({ kind }) => kind === "Deployment")) {
      const { volumes, serviceAccountName } = podOf(thing);
      for (const { configMap, secret, persistentVolumeClaim } of volumes) {
        if (configMap !== undefined) expect(maps).toContain(configMap.name);
        if (secret !== undefined) expect(secrets).toContain(secret.secretName);
        if (persistentVolumeClaim !== undefined) expect(claims).toContain(persistentVolumeClaim.claimName);
      }
      if (serviceAccountName !== undefined) expect(accounts).toContain(serviceAccountName);
    }
  });

  test("answer to the names that Prometheus, Grafana and the log shipper ask for", () => {
    const services = new Set(built(one).flatMap(({ kind, metadata }) => (kind === "Service" ? [metadata.name] : [])));
    const files = texts.get(one.cloud) ?? new Map<string, string>();
    const config = parse(files.get(`${folderOf(one.environment)}/prometheus/prometheus.yml`) ?? "") as Config;
    const asked = config.scrape_configs
      .filter(({ relabel_configs: through }) => through === undefined)
      .flatMap(({ static_configs: all = [] }) =>
        all.flatMap(({ targets }) => targets.map((target) => target.split(":")[0] ?? "")),
      );
    // What asks a replica stands beside the replica.
    for (const name of asked.filter((target) => target !== "localhost" && !target.includes("-replica-")))
      expect(services).toContain(name);
    for (const name of ["loki", "loki-gateway", "prometheus", "alertmanager", "grafana", "blackbox"])
      expect(services).toContain(name);
  });

  test("hold no secret", () => {
    expect(built(one).filter(({ kind }) => kind === "Secret")).toEqual([]);
  });
});

describe.skipIf(!has("kubectl"))("with kubectl's kustomize", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-monitoring-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each(places)("the tools of $title in $environment are merged as this test merges them", (one) => {
    const root = path.join(folder, `${one.cloud}-${one.environment}`);
    for (const [file, text] of texts.get(one.cloud) ?? []) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
    const text = execFileSync("kubectl", ["kustomize", path.join(root, folderOf(one.environment))], { encoding: "utf8" });
    // kustomize names a config map after what is in it.
    const named = ({ kind, metadata }: Thing) =>
      `${kind} ${kind === "ConfigMap" ? metadata.name.replace(/-[a-z0-9]{10}$/, "") : metadata.name}`;
    const plain = ({ kind, metadata }: Thing) => `${kind} ${metadata.name}`;
    expect(documents(text).map(named).toSorted()).toEqual(built(one).map(plain).toSorted());
  });
});

type Config = {
  readonly scrape_configs: readonly {
    readonly relabel_configs?: unknown;
    readonly static_configs?: readonly { readonly targets: readonly string[] }[];
  }[];
};
type Pod = {
  readonly serviceAccountName?: string;
  readonly volumes: readonly {
    readonly configMap?: { readonly name: string };
    readonly secret?: { readonly secretName: string };
    readonly persistentVolumeClaim?: { readonly claimName: string };
  }[];
};
function podOf(thing: Thing): Pod {
  return (thing as unknown as { readonly spec: { readonly template: { readonly spec: Pod } } }).spec.template.spec;
}
