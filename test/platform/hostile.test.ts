import { spawn } from "node:child_process";
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { onPath } from "../../src/targets/local/providers/on-path.ts";
import type { EnvironmentSummary, PlatformStatus } from "../../src/wire/up.ts";
import { type Project, type Run, ask, makeProject, processesOf, until } from "../support/platform.ts";

// What a stranger and an adversary would do.

type Up = { readonly environments: readonly EnvironmentSummary[]; readonly notes: readonly string[] };

const withoutRedis = onPath(["redis-server", "valkey-server"]) === undefined;
const main = path.resolve("dist/run/main.js");
let project: Project;
const inProject = (...names: string[]) => path.join(project.folder, ...names);
const serverPid = (): number => {
  const pid = processesOf(project.folder).find((one) => readFileSync(`/proc/${one}/cmdline`, "utf8").includes("run/server.js"));
  if (pid === undefined) throw new Error("no server runs");
  return pid;
};

beforeAll(async () => {
  project = makeProject("hostile");
  await project.json("up", "a");
});
afterAll(() => project.remove());
// What one test has changed, and whether it held, is nothing to the next.
afterEach(() => {
  rmSync(inProject("hold"), { force: true });
  rmSync(inProject("building"), { force: true });
  for (const file of ["build.mjs", "serve.mjs", "gantry.config.ts"])
    cpSync(path.resolve("test/fixtures/hostile", file), inProject(file));
});

/** A process of the command line that can be given something, and can be interrupted. */
function start(args: readonly string[], input = "") {
  const child = spawn(process.execPath, [main, ...args], { cwd: project.folder, env: project.env });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
  child.stdin.end(input);
  const done = new Promise<Run>((resolve) => child.once("close", (status) => resolve({ status, out, err })));
  return { child, done, said: () => err };
}

/** Makes builds of this folder wait, and a build of it another one each time. */
let builds = 0;
function holdBuilds(folder = project.folder): void {
  writeFileSync(inProject("hold"), "");
  writeFileSync(
    path.join(folder, "build.mjs"),
    [
      `import { existsSync, writeFileSync } from "node:fs";`,
      `writeFileSync(${JSON.stringify(inProject("building"))}, "${(builds += 1)}");`,
      `while (existsSync(${JSON.stringify(inProject("hold"))})) await new Promise((resolve) => setTimeout(resolve, 20));`,
    ].join("\n"),
  );
}
const building = () => until("a build", () => existsSync(inProject("building")), Boolean);
const release = () => rmSync(inProject("hold"));

const portOf = async (environment: string): Promise<number> => {
  const status = await project.json<PlatformStatus>("status", environment);
  return status.environments[0]?.services.find((one) => one.service === "api")?.port ?? 0;
};
const change = (file: string, edit: (text: string) => string) =>
  writeFileSync(inProject(file), edit(readFileSync(inProject(file), "utf8")));

describe("two at a time", () => {
  test("an up does not remove what another is just building", async () => {
    const source = inProject("..", "source");
    cpSync(path.resolve("test/fixtures/hostile"), source, { recursive: true });
    holdBuilds(source);
    const preview = start(["preview", "create", "other", "--source", source]);
    await building();
    expect((await project.run("up", "a")).status).toBe(0);
    release();
    const { status, err } = await preview.done;
    expect([status, err]).toEqual([0, expect.not.stringContaining("no such f")]);
  });

  test("down of one environment leaves another alone that is just coming up", async () => {
    await project.json("up", "a");
    // The agent knows nothing yet of an environment whose services are still being built.
    change("gantry.config.ts", (text) => text.replace("services: [api, extra]", "services: [extra]"));
    holdBuilds();
    const up = start(["up", "b"]);
    await building();
    expect((await project.run("down", "a")).status).toBe(0);
    release();
    const { status, err } = await up.done;
    expect([status, err]).toEqual([0, expect.not.stringContaining("does not answer")]);
  });

  test("secrets that are set at the same moment are all kept", async () => {
    const names = ["one", "two", "three", "four"];
    const lost: string[] = [];
    // Who is lost is a matter of chance, so it is tried more than once.
    for (let round = 0; round < 3 && lost.length === 0; round += 1) {
      const all = names.flatMap((name) => [[name], [name, "--env", "a"], [name, "--env", "b"]]);
      await Promise.all(all.map((args) => start(["secret", "set", ...args], "a secret\n").done));
      const { secrets } = await project.json<{ secrets: { name: string; environment?: string }[] }>("secret", "list");
      for (const [name, , environment] of all)
        if (!secrets.some((one) => one.name === name && one.environment === environment))
          lost.push(`${name} ${environment ?? ""}`);
      await Promise.all(all.map(([name = "", ...of]) => project.run("secret", "remove", name, ...of)));
    }
    expect(lost).toEqual([]);
  });

  test("an interrupted up ends with 130, and the next one brings it up", async () => {
    holdBuilds();
    const up = start(["up", "a"]);
    await building();
    up.child.kill("SIGINT");
    expect((await up.done).status).toBe(130);
    release();
    expect((await project.run("up", "a")).status).toBe(0);
  });

  test("an up whose server is killed says that it is not reachable", async () => {
    holdBuilds();
    const up = start(["up", "a"]);
    await building();
    process.kill(serverPid(), "SIGKILL");
    release();
    const { status, err } = await up.done;
    expect([status, err]).toEqual([5, expect.not.stringContaining("mistake in Gantry")]);
    expect((await project.run("up", "a")).status).toBe(0);
  });
});

describe("a spec that changes", () => {
  test("a service that is gone is gone, and up said again changes nothing", async () => {
    change("gantry.config.ts", (text) => text.replace("services: [api, extra]", "services: [api]"));
    await project.json("up", "a");
    const again = await project.json<Up>("up", "a");
    const status = await project.json<PlatformStatus>("status", "a");
    expect(status.environments[0]?.services.map((one) => one.service)).toEqual(["api"]);
    expect(again.environments[0]).toMatchObject({ unchanged: true });
  });

  test.skipIf(withoutRedis)("a resource that is gone does not go on running", async () => {
    await project.json("up", "a");
    change("gantry.config.ts", (text) =>
      text
        .replace("cache, open, files]", "cache, files]")
        .replace("copesWithout: [cache, open]", "copesWithout: [cache]")
        .replace("OPEN_URL: open.url, ", "")
        .replace(/^const open = .*$/m, ""),
    );
    await project.json("up", "a");
    const status = await project.json<PlatformStatus>("status", "a");
    expect(status.environments[0]?.resources.map((one) => one.name)).toEqual(["cache"]);
  });

  test.skipIf(withoutRedis)("a new password reaches the redis as well as the service", async () => {
    await project.json("up", "a");
    await start(["secret", "set", "cache-key"], "another-password\n").done;
    await project.json("up", "a");
    const said = (await ask(await portOf("a"), "127.0.0.1", "/redis?of=REDIS_URL")).text;
    expect(said).toMatch(/OK\s+\+PONG/);
  });
});

describe("what is said", () => {
  test("the last words of a service are lines", async () => {
    change("serve.mjs", (text) => `console.error("first words\\nsecond words"); process.exit(3);\n${text}`);
    const { status, err } = await project.run("up", "a");
    expect(status).toBe(1);
    expect(err).toContain("second words");
    expect(err).toMatch(/^\s*second words$/m);
  });

  test("nothing that a service writes is obeyed by the terminal, also under --watch", async () => {
    const up = start(["up", "a", "--watch"]);
    await until("the watching", up.said, (text) => text.includes("watching "));
    change("serve.mjs", (text) => `console.error("\\u001b]0;owned\\u0007 last words"); process.exit(3);\n${text}`);
    await until("the failure", up.said, (text) => text.includes("last words"));
    up.child.kill("SIGINT");
    const { err } = await up.done;
    expect(err).toContain("last words");
    expect(err).not.toContain("\u001b]0;");
  });

  test("an environment that is none is refused by status", async () => {
    expect((await project.run("status", "nope")).status).toBe(2);
  });
  test("an environment that is none is refused by secret set", async () => {
    expect((await start(["secret", "set", "one", "--env", "nope"], "x\n").done).status).toBe(2);
  });
});

describe("limits", () => {
  test.skipIf(withoutRedis)("services of one environment see nothing of another's redis", async () => {
    await project.json("up", "a", "b");
    const other = (await ask(await portOf("b"), "127.0.0.1", "/env?name=OPEN_URL")).text;
    const { port } = new URL(other);
    const said = await new Promise<string>((resolve) => {
      const socket = connect(Number(port), "127.0.0.1", () => socket.write("PING\r\n"));
      socket.once("data", (data) => {
        resolve(String(data));
        socket.destroy();
      });
    });
    expect(said).toMatch(/NOAUTH/);
  });

  test("a preview's long name is no trouble, or is refused before anything is made", async () => {
    const long = `d${"x".repeat(62)}`;
    change("gantry.config.ts", (text) => text.replace("{ a: local(", `{ ${long}: local(`));
    await project.json("up", long);
    const { status, err } = await project.run("preview", "create", "p".repeat(40), "--env", long);
    const there = (await project.json<{ previews: { name: string }[] }>("preview", "list")).previews.map((one) => one.name);
    await project.run("down", long, "--data");
    expect(err).not.toContain("name of a log");
    expect([0, 2]).toContain(status);
    if (status === 2) expect(there).not.toContain("p".repeat(40));
  });
});

describe("what is kept is broken", () => {
  test("ports.json cut in the middle does not stop an up", async () => {
    await project.json("up", "a");
    await project.run("down");
    writeFileSync(inProject(".gantry/ports.json"), '{"resour');
    const { status, err } = await project.run("up", "a");
    rmSync(inProject(".gantry/ports.json"), { force: true });
    await project.run("up", "a");
    expect([status, err]).toEqual([0, expect.not.stringContaining("SyntaxError")]);
  });

  test("a store of secrets that cannot be read is told, with what to do, and nothing is left running", async () => {
    await project.run("down");
    const kept = readdirSync(inProject(".gantry/secrets")).map((name) => inProject(".gantry/secrets", name));
    const file = kept.find((one) => readFileSync(one, "utf8").includes('"control/database"')) ?? "";
    const good = readFileSync(file);
    writeFileSync(file, good.subarray(0, 20));
    const { status, err } = await project.run("up", "a");
    const ended = await until(
      "the end of every process",
      () => processesOf(project.folder),
      (left) => left.length === 0,
      2_000,
    ).catch((error: unknown) => error);
    writeFileSync(file, good);
    expect(err).toContain("move it away and set the secret again");
    expect(status).toBe(2);
    expect(ended).toEqual([]);
  });

  test("the port of the hosts stays the same from one up to the next", async () => {
    const gatewayPort = async () => (await project.json<PlatformStatus>("status")).gatewayPort;
    const taker = createServer();
    // Below what the system gives to whoever asks for any port, so that no other test gets the one that stays free meanwhile.
    const taken = 20_000 + (process.pid % 10_000);
    await new Promise<void>((resolve, reject) => taker.once("error", reject).listen(taken, "127.0.0.1", resolve));
    try {
      await project.run("down");
      project.env["GANTRY_PORT"] = String(taken);
      await project.json("up", "a");
      const first = await gatewayPort();
      await project.run("down");
      await project.json("up", "a");
      expect(await gatewayPort()).toBe(first);
    } finally {
      taker.close();
      delete project.env["GANTRY_PORT"];
    }
  });

  test("a GANTRY_PORT that is none is told as such", async () => {
    await project.run("down");
    project.env["GANTRY_PORT"] = "abc";
    const { status, err } = await project.run("up", "a");
    delete project.env["GANTRY_PORT"];
    expect(err).toContain("GANTRY_PORT");
    expect(status).toBe(2);
  });
});
