import { assert, constantFrom, oneof, property, string } from "fast-check";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { compose } from "../../src/synth/compose/index.ts";
import { docker } from "../../src/synth/docker/index.ts";
import { synth } from "../../src/synth/index.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { type Compose, composeProblems, interpolated } from "../support/compose.ts";
import { type ExampleName, exampleNames, subjectOf } from "../support/synth.ts";

async function fileOf(example: ExampleName): Promise<Compose & { services: Record<string, Record<string, unknown>> }> {
  const text = compose(await subjectOf(example)).find(({ path }) => path === "docker-compose.yml")?.text ?? "";
  return parse(text) as never;
}

const asked = ["cpa-platform", "ai-governance"] as const;

test.each(asked)("%s: the file is as the compose specification has it, and fits together", async (example) => {
  expect(composeProblems(await fileOf(example))).toEqual([]);
});

test("only the environments that name a compose file get one", async () => {
  for (const example of exampleNames) {
    const paths = compose(await subjectOf(example)).map(({ path }) => path);
    expect(paths.includes("docker-compose.yml")).toBe((asked as readonly string[]).includes(example));
  }
});

test("where no environment names the file, `files.compose` is that of the first laptop that stays", async () => {
  const subject = await subjectOf("cpa-platform");
  const written = synth(subject).find(({ path }) => path === "docker-compose.yml")?.text;
  const environments = subject.environments.map((one) => {
    if (one.cloud !== "local") return one;
    const { compose: _, ...rest } = one;
    return rest;
  });
  const files = synth({
    ...subject,
    environments: environments.map((one) => ({ ...one, files: { compose: "dev/compose.yml" } })),
  });
  expect(files.find(({ path }) => path === "dev/compose.yml")?.text).toBe(written);
});

describe("CPA's nine services", () => {
  test("have the document's names, images and ports", async () => {
    const { services } = await fileOf("cpa-platform");
    expect(Object.entries(services).map(([name, { image, build, ports }]) => [name, image ?? build, ports])).toEqual([
      ["postgres", "postgres:16", ["5432:5432"]],
      ["redis", "redis:7-alpine", ["6379:6379"]],
      ["temporal", "temporalio/auto-setup:1.27.2", ["7233:7233"]],
      ["temporal-ui", "temporalio/ui:2.34.0", ["8233:8080"]],
      ["typesense", "typesense/typesense:27.0", ["8108:8108"]],
      ["localstack", "localstack/localstack:3.8", ["4566:4566"]],
      ["clamav", "clamav/clamav:1.4", ["3310:3310"]],
      ["backend", { context: "./backend", target: "backend" }, ["8080:8080"]],
      ["frontend", "./frontend", ["3000:3000"]],
    ]);
  });

  test("have the document's settings, volume and env file", async () => {
    const { services, volumes } = await fileOf("cpa-platform");
    expect(services["postgres"]).toMatchObject({
      environment: { POSTGRES_DB: "cpa_dev" },
      volumes: ["pgdata:/var/lib/postgresql/data"],
    });
    expect(volumes).toEqual({ pgdata: {} });
    expect(services["typesense"]).toMatchObject({ environment: { TYPESENSE_API_KEY: "dev_key" } });
    expect(services["localstack"]).toMatchObject({ environment: { SERVICES: "s3,kms" } });
    expect([services["backend"]?.["env_file"], services["frontend"]?.["env_file"]]).toEqual([".env.local", ".env.local"]);
  });

  test("wait for what they need, and only start after what they can do without", async () => {
    const { services } = await fileOf("cpa-platform");
    expect(services["backend"]?.["depends_on"]).toEqual({
      postgres: { condition: "service_healthy" },
      localstack: { condition: "service_healthy" },
      redis: { condition: "service_started" },
      temporal: { condition: "service_started" },
      typesense: { condition: "service_started" },
      clamav: { condition: "service_started" },
    });
    expect(services["frontend"]?.["depends_on"]).toEqual({ backend: { condition: "service_healthy" } });
    expect(services["temporal"]?.["depends_on"]).toEqual({ postgres: { condition: "service_healthy" } });
  });

  test("a check of typesense's answer survives YAML and compose", async () => {
    const { services } = await fileOf("cpa-platform");
    const { test: words } = (services["typesense"]?.["healthcheck"] ?? {}) as { test?: string[] };
    expect(interpolated(words?.at(-1) ?? "")).toContain(String.raw`printf 'GET /health HTTP/1.1\r\nHost`);
  });
});

describe("governance in development (GOV-02)", () => {
  test("runs client, server and worker from mounted source with their reloading tools, and no store of its own", async () => {
    const { services } = await fileOf("ai-governance");
    expect(Object.keys(services).toSorted()).toEqual(["client", "proxy", "server", "worker"]);
    for (const name of ["client", "server", "worker"])
      expect(services[name]).toMatchObject({
        build: { context: `./${name}`, target: "development" },
        volumes: [`./${name}:/app`, `${name}-node-modules:/app/node_modules`],
        env_file: ".env.development",
      });
  });

  test("refuses to start without the addresses of the stores elsewhere", async () => {
    const { services } = await fileOf("ai-governance");
    const { DATABASE_URL: url } = (services["server"]?.["environment"] ?? {}) as Record<string, string>;
    expect(() => interpolated(url ?? "")).toThrow("DATABASE_URL is not set in the shell that starts this");
    expect(interpolated(url ?? "", { DATABASE_URL: "postgres://there" })).toBe("postgres://there");
  });

  test("is reached from this machine alone", async () => {
    const { services } = await fileOf("ai-governance");
    for (const { ports } of Object.values(services)) for (const port of ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/);
  });
});

describe.skipIf(spawnSync("docker", ["compose", "version"]).status !== 0)("with docker compose", () => {
  test.each(asked)("%s: it reads the file", async (example) => {
    const folder = mkdtempSync(path.join(tmpdir(), "compose-"));
    const subject = await subjectOf(example);
    for (const file of [...compose(subject), ...docker(subject)]) {
      mkdirSync(path.dirname(path.join(folder, file.path)), { recursive: true });
      writeFileSync(path.join(folder, file.path), file.text);
    }
    const secrets = ["DATABASE_URL", "MINIO_URL", "MINIO_ACCESS_KEY", "MINIO_SECRET_KEY", "TOKEN_KEY"];
    const env = { ...process.env, ...Object.fromEntries(secrets.map((name) => [name, "x"])) };
    const { status, stderr } = spawnSync("docker", ["compose", "config", "--quiet"], { cwd: folder, env, encoding: "utf8" });
    rmSync(folder, { recursive: true, force: true });
    expect([status, stderr]).toEqual([0, ""]);
  });
});

describe("a wrong file is refused", () => {
  test.each<[string, (file: Compose) => void, RegExp]>([
    ["an unknown key", (file) => Object.assign(file.services["redis"] ?? {}, { port: 1 }), /additional properties/],
    ["a service without image and build", (file) => (file.services["redis"] = {}), /required property/],
    ["a bad port", (file) => ((file.services["redis"] ?? {}).ports = ["redis"]), /must match pattern/],
    [
      "a bad condition",
      (file) => ((file.services["redis"] ?? {}).depends_on = { postgres: { condition: "soon" } }),
      /allowed values/,
    ],
    [
      "a service that is not there",
      (file) => ((file.services["redis"] ?? {}).depends_on = { x: { condition: "service_started" } }),
      /not there/,
    ],
    ["a volume that is not declared", (file) => delete file.volumes, /not declared/],
    ["a port taken twice", (file) => ((file.services["redis"] ?? {}).ports = ["5432:6379"]), /both take port/],
    [
      "a circle",
      (file) => ((file.services["postgres"] ?? {}).depends_on = { backend: { condition: "service_started" } }),
      /waits for itself/,
    ],
    ["a check that is waited for and not there", (file) => delete file.services["postgres"]?.healthcheck, /has no check/],
  ])("%s", async (_, spoil, says) => {
    const file = await fileOf("cpa-platform");
    spoil(file);
    expect(composeProblems(file).join("\n")).toMatch(says);
  });
});

describe("hostile values", () => {
  const nasty = oneof(
    string({ unit: "grapheme", maxLength: 40 }),
    constantFrom(
      "${HOME}",
      "$$",
      "$(id)",
      "a'b\"c",
      "# no comment",
      "yes",
      "1e3",
      "ünï",
      " led",
      "${X:?}",
      "- a",
      "&a",
      "*a",
      "{}",
      "\\n",
      "a: b",
    ),
  );
  // What a spec may hold: no control characters.
  const clean = nasty.filter((one) => !/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u.test(one));

  test("reach the container as they are written", async () => {
    const subject = await subjectOf("cpa-platform");
    assert(
      property(clean, (value) => {
        const text = compose(withContainerEnv(subject, value)).find(({ path }) => path === "docker-compose.yml")?.text ?? "";
        const file = parse(text) as { services: Record<string, { environment: Record<string, string> }> };
        expect(interpolated(file.services["redis"]?.environment["NASTY"] ?? "missing")).toBe(value);
      }),
      { numRuns: 60 },
    );
  });
});

function withContainerEnv(subject: Subject, value: string): Subject {
  const environments = subject.environments.map((one) => {
    const redis = one.resources["redis"];
    if (one.environment !== "local" || redis === undefined) return one;
    const container = { ...redis.container, env: { NASTY: value } };
    return { ...one, resources: { ...one.resources, redis: { ...redis, container } } };
  });
  return { ...subject, environments };
}
