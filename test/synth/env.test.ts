import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseEnv } from "node:util";
import { assert, property, string } from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { envLine } from "../../src/synth/env/line.ts";
import { envFiles } from "../../src/synth/env/files.ts";
import { marked } from "../../src/synth/marked.ts";
import { has } from "../support/programs.ts";
import { type ExampleName, subjectOf } from "../support/synth.ts";

async function textOf(example: ExampleName, file: string): Promise<string> {
  return envFiles(await subjectOf(example)).find((one) => one.path === file)?.text ?? "";
}

test("each environment of governance has its own file, beside what they are held against (GOV-03)", async () => {
  expect(envFiles(await subjectOf("ai-governance")).map((one) => one.path)).toEqual([
    ".env.development",
    ".env.staging",
    ".env.production",
    "infra/env.schema",
    "infra/scripts/check-env.sh",
  ]);
});

test("CPA's laptops have .env.local, with everything at the name of its container", async () => {
  expect(parseEnv(await textOf("cpa-platform", ".env.local"))).toMatchObject({
    API_URL: "http://backend:8080",
    CLAMAV_HOST: "clamav",
    CLAMAV_PORT: "3310",
    DATABASE_URL: "postgres://postgres:dev@postgres:5432/cpa_dev",
    REDIS_URL: "redis://redis:6379",
    TEMPORAL_ADDRESS: "temporal:7233",
    TYPESENSE_API_KEY: "dev_key",
    AWS_ENDPOINT_URL: "http://localstack:4566",
  });
});

test("debug is on in development and off elsewhere; integrations are a sandbox's in staging alone", async () => {
  const values = async (name: string) => parseEnv(await textOf("ai-governance", `.env.${name}`));
  expect([(await values("development"))["LOG_LEVEL"], (await values("production"))["LOG_LEVEL"]]).toEqual(["debug", "info"]);
  expect([(await values("staging"))["INTEGRATIONS"], (await values("production"))["INTEGRATIONS"]]).toEqual(["sandbox", "live"]);
});

test("secrets are named and have no value", async () => {
  for (const name of ["development", "staging", "production"]) {
    const text = await textOf("ai-governance", `.env.${name}`);
    expect(text).toMatch(/^# {3}TOKEN_KEY$/m);
    expect(Object.keys(parseEnv(text))).not.toContain("TOKEN_KEY");
  }
});

test("a value without single quotes is read back as it is, whatever is in it", () => {
  assert(
    property(
      string({ unit: "grapheme", maxLength: 40 }).filter((one) => !/['\p{Cc}\u2028\u2029]/u.test(one)),
      (value) => {
        expect(parseEnv(envLine("A", value))["A"]).toBe(value);
      },
    ),
  );
  expect(envLine("A", `it's "$HOME" \\`)).toBe(String.raw`A="it's \"\$HOME\" \\"`);
});

describe.skipIf(!has("bash") || !has("awk"))("check-env.sh", () => {
  let folder = "";
  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "env-"));
    for (const file of envFiles(await subjectOf("ai-governance"))) {
      mkdirSync(path.dirname(path.join(folder, file.path)), { recursive: true });
      writeFileSync(path.join(folder, file.path), marked(file).text, { mode: file.executable === true ? 0o755 : 0o644 });
    }
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  // From anywhere: the script finds the repository that it lies in.
  const run = () => spawnSync(path.join(folder, "infra/scripts/check-env.sh"), { encoding: "utf8", cwd: tmpdir() });

  test("finds nothing wrong with what was written", () => {
    const { status, stderr } = run();
    expect([status, stderr]).toEqual([0, ""]);
  });

  test.each<[string, (text: string) => string | undefined, RegExp]>([
    ["a variable that is missing", (text) => text.replace(/^CLIENT_URL=.*\n/m, ""), /\.env\.staging: CLIENT_URL is missing/],
    ["one that nobody knows", (text) => `${text}COLOUR=blue\n`, /COLOUR is not known/],
    ["one that stands there twice", (text) => `${text}LOG_LEVEL=info\n`, /LOG_LEVEL stands there twice/],
    ["an empty value", (text) => text.replace(/^LOG_LEVEL=.*/m, "LOG_LEVEL="), /LOG_LEVEL has no value/],
    [
      "a level that there is not",
      (text) => text.replace(/^LOG_LEVEL=.*/m, "LOG_LEVEL=loud"),
      /LOG_LEVEL is no one-of:debug,info,warn,error/,
    ],
    ["what is no address", (text) => text.replace(/^SERVER_URL=.*/m, "SERVER_URL=backend"), /SERVER_URL is no url/],
    ["a line that is none", (text) => `${text}export X\n`, /line \d+ is not NAME=value/],
    ["a file that is not there", () => undefined, /\.env\.staging: there is no such file/],
    ["a quoted empty value", (text) => text.replace(/^LOG_LEVEL=.*/m, "LOG_LEVEL=''"), /LOG_LEVEL has no value/],
  ])("refuses %s", (_, spoil, says) => {
    const file = path.join(folder, ".env.staging");
    const text = spoil(readFileSync(file, "utf8"));
    if (text === undefined) rmSync(file);
    else writeFileSync(file, text);
    const { status, stderr } = run();
    expect(status).toBe(1);
    expect(stderr).toMatch(says);
  });

  test("refuses a secret, and does not repeat it", () => {
    const file = path.join(folder, ".env.production");
    writeFileSync(file, `${readFileSync(file, "utf8")}TOKEN_KEY=hunter2\n`);
    const { status, stderr } = run();
    expect([status, stderr]).toEqual([1, ".env.production: TOKEN_KEY is a secret: its value belongs in the secret store\n"]);
  });

  test("says everything that is wrong at once", () => {
    for (const name of ["staging", "production"]) writeFileSync(path.join(folder, `.env.${name}`), "LOG_LEVEL=loud\n");
    expect(run().stderr.trim().split("\n")).toHaveLength(8);
  });

  test.skipIf(!has("shellcheck"))("passes shellcheck, which refuses a bad script", () => {
    execFileSync("shellcheck", [path.join(folder, "infra/scripts/check-env.sh")]);
    writeFileSync(path.join(folder, "bad.sh"), "#!/bin/sh\ncd $1\n");
    expect(spawnSync("shellcheck", [path.join(folder, "bad.sh")]).status).not.toBe(0);
  });
});
