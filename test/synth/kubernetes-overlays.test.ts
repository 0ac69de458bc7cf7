import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { kubernetes } from "../../src/synth/kubernetes/index.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { type Thing, build, documents } from "../support/kubernetes/kustomize.ts";
import { referenceProblems, restrictedProblems } from "../support/kubernetes/rules.ts";
import { problemsOf } from "../support/kubernetes/validate.ts";
import { has } from "../support/programs.ts";
import { subjectOf } from "../support/synth.ts";

let subject: Subject;
beforeAll(async () => {
  subject = await subjectOf("ai-governance");
});

const folder = "infra/kubernetes/overlays/production";

function textsOf(of: Subject): ReadonlyMap<string, string> {
  return new Map(kubernetes(of).map((file) => [file.path, file.text]));
}

type Change = { readonly [field: string]: unknown };

/** The product with its production changed: the named services get these fields, undefined takes one away. */
function changed(changes: Readonly<Record<string, Change>>, only?: "production"): Subject {
  const environments = subject.environments
    .filter((one) => only === undefined || one.environment === only)
    .map((one) => {
      if (one.environment !== "production") return one;
      const services = Object.entries(one.services).map(([name, service]) => [name, { ...service, ...changes[name] }]);
      return { ...one, services: Object.fromEntries(services) };
    });
  return { ...subject, environments };
}

function inOrder(things: readonly Thing[]): unknown[] {
  const sorted = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(sorted).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, one]) => [key, sorted(one)]),
    );
  };
  return sorted(things) as unknown[];
}

const seconds = fc.integer({ min: 1, max: 300 }).map((one) => `${one}s`);
const size = fc.record({ cpu: fc.constantFrom(0.1, 0.25, 1, 1.5, 4), memory: fc.constantFrom("64Mi", "1Gi", "1.5Gi", "8Gi") });
const share = fc.integer({ min: 1, max: 99 }).map((one) => `${one}%`);
const scale = fc.oneof(
  fc.record({ min: fc.constantFrom(1, 2), max: fc.constantFrom(1, 2, 7) }),
  fc.record({ min: fc.constant(2), max: fc.constant(9), on: fc.record({ cpu: share, memory: share }, { requiredKeys: [] }) }),
);
const health = fc.record(
  { path: fc.constantFrom("/", "/up"), ready: fc.constant("/ready"), every: seconds, start: seconds },
  { requiredKeys: ["path"] },
);
const served = fc.record(
  {
    size,
    scale,
    health: fc.option(health, { nil: undefined }),
    drain: seconds,
    port: fc.constantFrom(80, 4000, 65_535),
    metrics: fc.constantFrom("/metrics", undefined),
  },
  { requiredKeys: [] },
);
const worker = fc.record(
  {
    size,
    schedule: fc.constantFrom("0 0 * * *", "*/5 * * * *"),
    limit: seconds,
    overlap: fc.constantFrom("skip", "wait", "allow"),
    missed: fc.constantFrom("skip", "catch up"),
  },
  { requiredKeys: [] },
);
const changes = fc.record({ server: served, client: served, worker }, { requiredKeys: [] });

describe("an overlay over the base", () => {
  test("is what the environment alone would be, however it differs from the first", () => {
    fc.assert(
      fc.property(changes, (given) => {
        const over = build(textsOf(changed(given)), folder);
        const alone = build(textsOf(changed(given, "production")), folder);
        expect(inOrder(over)).toEqual(inOrder(alone));
      }),
      { numRuns: 30 },
    );
  });

  test("stays sound", async () => {
    await fc.assert(
      fc.asyncProperty(changes, async (given) => {
        const things = build(textsOf(changed(given)), folder);
        expect((await Promise.all(things.map(problemsOf))).flat()).toEqual([]);
        expect([...restrictedProblems(things), ...referenceProblems(things)]).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });

  test("says only what differs", () => {
    const patches = textsOf(changed({ server: { size: { cpu: 2, memory: "4Gi" } } })).get(`${folder}/patches.yaml`);
    expect(patches).toMatchInlineSnapshot(`
      "apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: backend
      spec:
        template:
          spec:
            containers:
              - name: server
                resources:
                  requests:
                    cpu: "2"
                    memory: 4Gi
                  limits:
                    cpu: "2"
                    memory: 4Gi
      "
    `);
  });

  test("may have TLS inside where another has none", () => {
    const environments = subject.environments.map((one) =>
      one.environment === "staging" ? { ...one, network: { ...one.network, tlsInside: false } } : one,
    );
    const files = textsOf({ ...subject, environments });
    const [over, plain] = [build(files, folder), build(files, "infra/kubernetes/overlays/staging")];
    expect([...referenceProblems(over), ...referenceProblems(plain)]).toEqual([]);
    expect(inOrder(over)).toEqual(inOrder(build(textsOf(subject), folder)));
    expect(plain.some(({ kind }) => kind === "Certificate")).toBe(false);
    expect(JSON.stringify(plain)).toContain('"SERVER_URL":"http://backend"');
  });

  test("brings what only it has", () => {
    const without = {
      ...subject,
      environments: subject.environments.map((one) => {
        if (one.environment !== "staging") return one;
        const { worker: _, ...services } = one.services;
        return { ...one, services };
      }),
    };
    const files = textsOf(without);
    const isCron = ({ kind, metadata }: Thing) => kind === "CronJob" && metadata.name === "cron";
    expect(files.has("infra/kubernetes/base/services/cron.yaml")).toBe(false);
    expect(build(files, folder).some(isCron)).toBe(true);
    expect(build(files, "infra/kubernetes/overlays/staging").some(isCron)).toBe(false);
  });
});

describe.skipIf(!has("kubectl"))("with kubectl's kustomize", () => {
  const root = mkdtempSync(path.join(tmpdir(), "overlays-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let next = 0;
  const merged = (texts: ReadonlyMap<string, string>): Thing[] => {
    const own = path.join(root, String(next++));
    for (const [file, text] of texts) {
      mkdirSync(path.dirname(path.join(own, file)), { recursive: true });
      writeFileSync(path.join(own, file), text);
    }
    return documents(execFileSync("kubectl", ["kustomize", path.join(own, folder)], { encoding: "utf8" }));
  };

  test("differences of every kind are merged as they are meant", () => {
    for (const given of fc.sample(changes, { numRuns: 5, seed: 1 })) {
      const over = merged(textsOf(changed(given)));
      expect(inOrder(over)).toEqual(inOrder(merged(textsOf(changed(given, "production")))));
    }
  });

  test("values reach the config map as they are written, whatever is in them", () => {
    const nasty = [
      `"quoted"`,
      "'single'",
      "$HOME ${HOME} $(id) $$",
      "# no comment",
      " led and trailed ",
      "a=b=c",
      "ünï 漢字 😀",
      "yes",
      "\\n",
      "{{x}}",
      "%{x}",
      "${{ secrets.X }}",
    ];
    const env = Object.fromEntries(nasty.map((one, index) => [`N${index}`, one]));
    const map = merged(textsOf(changed({ client: { env } }))).find(
      ({ kind, metadata }) => kind === "ConfigMap" && metadata.name.startsWith("frontend-"),
    );
    expect(map?.["data"]).toMatchObject(env);
  });
});

test("who sleeps is entered by what wakes it", async () => {
  const ledger = await subjectOf("proveniq-ledger");
  const environments = ledger.environments.map((one) =>
    one.environment === "sandbox" ? { ...one, hosts: [{ service: "api", host: "sandbox.example", path: "/" }] } : one,
  );
  const things = build(textsOf({ ...ledger, environments }), "infrastructure/kubernetes/overlays/sandbox");
  const spec = (kind: string, name: string) => things.find((one) => one.kind === kind && one.metadata.name === name)?.["spec"];
  expect(JSON.stringify(spec("Ingress", "ledger-api"))).toContain(
    '"service":{"name":"ledger-api-interceptor","port":{"name":"http"}}',
  );
  expect(spec("Service", "ledger-api-interceptor")).toMatchObject({ type: "ExternalName" });
  expect(spec("InterceptorRoute", "ledger-api")).toMatchObject({ rules: [{ hosts: ["sandbox.example", "ledger-api"] }] });
  expect([...referenceProblems(things), ...(await Promise.all(things.map(problemsOf))).flat()]).toEqual([]);
});

test("files for a team that goes on alone name nobody else", () => {
  for (const { text } of kubernetes({ ...subject, plain: true })) expect(text).not.toMatch(/gantry/i);
});

test("the same spec makes the same bytes, in whatever order its services are looked at", () => {
  expect([...textsOf(subject)]).toEqual([...textsOf(subject)]);
});

test("two services that ask for one deployment's name are still two", () => {
  const things = build(textsOf(changed({ client: { deployment: { name: "backend", container: "client" } } })), folder);
  expect(things.filter(({ kind }) => kind === "Deployment").map(({ metadata }) => metadata.name)).toEqual(
    expect.arrayContaining(["backend", "server", "proxy"]),
  );
  expect(referenceProblems(things)).toEqual([]);
});

test.each([
  "network",
  "ingress",
  "terraform",
  "log-shipper",
  "names",
  "letsencrypt",
  "kustomization",
  "services",
  `a${"-long".repeat(12)}`,
])("a service may be called %s", async (name) => {
  const named = { deployment: { name, container: "x" } };
  const things = build(
    textsOf(changed({ server: named, worker: { deployment: { name: `${name.slice(0, 59)}-job`, container: "x" } } })),
    folder,
  );
  const ids = things.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(ids.filter((one, index) => ids.indexOf(one) !== index)).toEqual([]);
  expect([...referenceProblems(things), ...(await Promise.all(things.map(problemsOf))).flat()]).toEqual([]);
  for (const { kind, metadata } of things) expect(metadata.name.length).toBeLessThanOrEqual(kind === "CronJob" ? 52 : 253);
});

test("text of the spec stays text in the guide", () => {
  const environments = subject.environments.map((one) => ({ ...one, purpose: "a | b\n# `rm` [x](y) <script>" }));
  const text = textsOf({ ...subject, environments }).get("infra/kubernetes/README.md") ?? "";
  expect(text).toContain("a \\| b \\# \\`rm\\` \\[x\\](y) \\<script\\>");
});
