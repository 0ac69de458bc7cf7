import { execFileSync } from "node:child_process";
import { describe, expect, test } from "vitest";
import type { Environment } from "../../src/spec/environment.ts";
import { compose } from "../../src/synth/compose/index.ts";
import { imagesOf, stageOf } from "../../src/synth/docker/image.ts";
import { docker } from "../../src/synth/docker/index.ts";
import { marked } from "../../src/synth/marked.ts";
import type { Subject } from "../../src/synth/subject.ts";
import { dockerfileProblems, parseDockerfile } from "../support/dockerfile.ts";
import { has } from "../support/programs.ts";
import { type ExampleName, exampleNames, subjectOf } from "../support/synth.ts";

const expected: Readonly<Record<ExampleName, readonly string[]>> = {
  "proveniq-ledger": ["Dockerfile"],
  bytereview: ["api/Dockerfile", "frontend/Dockerfile", "worker/Dockerfile"],
  codementor: ["backend/Dockerfile"],
  "cpa-platform": ["backend/Dockerfile", "frontend/Dockerfile"],
  "ai-governance": ["client/Dockerfile", "server/Dockerfile", "worker/Dockerfile"],
};

describe.each(exampleNames)("%s", (example) => {
  test("has a Dockerfile for each folder that is built, with what the build must not see", async () => {
    const paths = docker(await subjectOf(example)).map(({ path }) => path);
    expect(paths.filter((path) => path.endsWith("Dockerfile")).toSorted()).toEqual(expected[example]);
    for (const path of expected[example]) expect(paths).toContain(path.replace("Dockerfile", ".dockerignore"));
  });

  test("has stages, a user that is a number, a health check, pinned bases, cached packages and no secret", async () => {
    const subject = await subjectOf(example);
    const files = new Map(docker(subject).map((file) => [file.path, marked(file).text]));
    for (const { file, services } of imagesOf(subject)) {
      const targets = ["", ...services.map(({ name }) => stageOf(name))];
      expect(dockerfileProblems(files.get(file) ?? "", targets)).toEqual([]);
    }
  });

  test("keeps env files, keys and git out of every image", async () => {
    for (const { path, text } of docker(await subjectOf(example)))
      if (path.endsWith(".dockerignore"))
        for (const line of [".git", ".env*", "*.key", "*.pem"]) expect(text.split("\n")).toContain(line);
  });

  test.skipIf(!has("hadolint"))("passes hadolint", async () => {
    for (const { path, text } of docker(await subjectOf(example)))
      if (path.endsWith("Dockerfile"))
        execFileSync("hadolint", ["--ignore", "DL3008", "-"], { input: text, stdio: ["pipe", "pipe", "pipe"] });
  });
});

async function stagesOf(example: ExampleName, path: string) {
  const found = docker(await subjectOf(example)).find((file) => file.path === path);
  return parseDockerfile(found?.text ?? "");
}

test("CodeMentor's is Python 3.11 slim, and asks /health (MEN-06)", async () => {
  const stages = await stagesOf("codementor", "backend/Dockerfile");
  expect(stages.map(({ base, name }) => `${base} ${name}`)).toEqual([
    "python:3.11-slim dependencies",
    "python:3.11-slim backend",
  ]);
  const runtime = stages.at(-1)?.instructions ?? [];
  expect(runtime.find(({ word }) => word === "HEALTHCHECK")?.text).toContain("/health");
  const dependencies = stages[0]?.instructions.map(({ word, text }) => `${word} ${text}`) ?? [];
  const list = dependencies.findIndex((one) => one.startsWith("COPY requirements.txt"));
  expect(dependencies[list + 1]).toContain("pip install");
  expect(dependencies.some((one) => one === "COPY . .")).toBe(false);
});

test("services of one folder are targets of one Dockerfile, the first of them without being named", async () => {
  const stages = await stagesOf("cpa-platform", "backend/Dockerfile");
  expect(stages.map(({ name }) => name)).toEqual(["chef", "plan", "build", "runtime", "temporal-worker", "backend"]);
  expect(["backend", "build"].map(stageOf)).toEqual(["backend", "build-service"]);
  const workers = await stagesOf("bytereview", "worker/Dockerfile");
  expect(workers.map(({ name }) => name).slice(-3)).toEqual(["worker-sweep", "worker-import", "worker-extract"]);
});

test("CPA's pages are a standalone Next.js server", async () => {
  const stages = await stagesOf("cpa-platform", "frontend/Dockerfile");
  const runtime = stages.at(-1)?.instructions.map(({ word, text }) => `${word} ${text}`) ?? [];
  expect(runtime).toContain("COPY --from=build /app/.next/standalone ./");
  expect(runtime).toContain('CMD ["node", "server.js"]');
});

test("governance has a stage for development that reloads (GOV-02)", async () => {
  const command = async (path: string) =>
    (await stagesOf("ai-governance", path)).find(({ name }) => name === "development")?.instructions.at(-1)?.text;
  expect(await command("client/Dockerfile")).toBe('["npx", "vite", "--host", "0.0.0.0", "--port", "3000"]');
  expect(await command("server/Dockerfile")).toBe('["npx", "nodemon", "."]');
});

test.each(exampleNames)("%s: files for a team that goes on alone name nobody else", async (example) => {
  const subject = await subjectOf(example, { plain: true });
  for (const { text } of [...docker(subject), ...compose(subject)]) expect(text).not.toMatch(/gantry/i);
});

describe("a bad Dockerfile is refused", () => {
  const good = [
    "FROM node:20-slim AS build",
    "RUN --mount=type=cache,target=/root/.npm npm ci",
    "FROM node:20-slim",
    "COPY --from=build /app ./",
    "USER 10001",
    "HEALTHCHECK NONE",
    'CMD ["node", "."]',
  ];
  test("and this one is good", () => expect(dockerfileProblems(good.join("\n"), [""])).toEqual([]));

  test.each<[string, (lines: string[]) => void, RegExp]>([
    ["latest", (lines) => (lines[2] = "FROM node:latest"), /not pinned/],
    ["no tag", (lines) => (lines[2] = "FROM node"), /not pinned/],
    ["root", (lines) => lines.splice(4, 1), /runs as root/],
    ["a user by name", (lines) => (lines[4] = "USER node"), /runs as node/],
    ["no health check", (lines) => lines.splice(5, 1), /no health check/],
    ["a secret", (lines) => lines.splice(5, 0, "ENV API_KEY=x"), /a secret in ENV/],
    ["a shell as the first process", (lines) => (lines[6] = "CMD node ."), /not started directly/],
    ["one stage", (lines) => lines.splice(2, 2), /one stage/],
    ["nothing cached", (lines) => (lines[1] = "RUN npm ci"), /nothing is cached/],
    ["a target that is not there", () => {}, /no stage nowhere/],
  ])("%s", (_, spoil, says) => {
    const lines = [...good];
    spoil(lines);
    expect(dockerfileProblems(lines.join("\n"), ["", "nowhere"]).join("\n")).toMatch(says);
  });

  test.each<[string, string, RegExp]>([
    ["an unknown instruction", "FROM a:1\nRUNS x", /no instruction/],
    ["an unknown stage", "FROM a:1\nCOPY --from=b c d", /no stage b/],
    ["a line that never ends", "FROM a:1\nRUN x \\", /never ends/],
    ["a bad list of words", 'FROM a:1\nCMD ["a", b]', /JSON/],
  ])("%s", (_, text, says) => {
    expect(() => parseDockerfile(text)).toThrow(says);
  });
});

describe("hostile specs", () => {
  test.each([["evil:1 AS runtime\nRUN id"], ["a:1 b"], ["a:1\tAS x"], ["ünï:1"]])(
    "a base image %j adds no instruction",
    async (base) => {
      const files = docker(withBuild(await subjectOf("codementor"), { context: "backend", base }));
      const stages = parseDockerfile(files.find(({ path }) => path === "backend/Dockerfile")?.text ?? "");
      expect(stages.map(({ name }) => name)).toEqual(["dependencies", "backend"]);
      expect(stages[0]?.base).toMatch(/^[A-Za-z0-9._/:@-]+$/);
    },
  );

  test("a folder outside of the repository gets no file", async () => {
    const files = docker(withBuild(await subjectOf("codementor"), { context: "../elsewhere" }));
    expect(files).toEqual([]);
  });
});

function withBuild(subject: Subject, build: { context: string; base?: string }): Subject {
  const environments = subject.environments.map((one) => {
    const backend = { ...one.services["backend"], build };
    return { ...one, services: { ...one.services, backend } } as unknown as Environment;
  });
  return { ...subject, environments };
}
