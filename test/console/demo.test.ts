import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../support/gantry.ts";
import { ask, gantryIn, processesOf, until } from "../support/platform.ts";

// What `npm start` runs once everything is installed and built, of a copy of the example and with one of its environments.

describe("the demonstration", { timeout: 180_000 }, () => {
  let base: string;
  let example: string;
  let demo: ChildProcess;
  let said = "";
  let env: NodeJS.ProcessEnv;

  beforeAll(async () => {
    base = realpathSync(mkdtempSync(path.join(tmpdir(), "gantry-start-")));
    example = path.join(base, "bytereview");
    for (const name of ["bytereview", "shared"]) {
      const own = path.join(root, "examples", name);
      const filter = (file: string) => ![".gantry", "infra", ".github"].includes(path.relative(own, file));
      cpSync(own, path.join(base, name), { recursive: true, filter });
    }
    symlinkSync(path.join(root, "node_modules"), path.join(base, "node_modules"));
    for (const name of ["home", "run", "tmp"]) mkdirSync(path.join(base, name), { mode: 0o700 });
    env = {
      ...process.env,
      HOME: path.join(base, "home"),
      XDG_CONFIG_HOME: path.join(base, "home/config"),
      XDG_RUNTIME_DIR: path.join(base, "run"),
      TMPDIR: path.join(base, "tmp"),
      NO_COLOR: "1",
    };
    demo = spawn(process.execPath, ["scripts/run-demo.mjs", "--example", example, "--only", "staging"], {
      cwd: root,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [demo.stdout, demo.stderr]) stream?.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until(
      "it ends in the console",
      () => said,
      (text) => /http:\/\/\S+\/login\/\S+/.test(text.split("The console, by a link")[1] ?? "") || demo.exitCode !== null,
      120_000,
    );
  }, 150_000);

  afterAll(async () => {
    if (demo.exitCode === null) demo.kill("SIGKILL");
    await gantryIn(example, env, ["down", "--data"]);
    for (const pid of processesOf(base)) process.kill(pid, "SIGKILL");
    rmSync(base, { recursive: true, force: true });
  }, 60_000);

  test("ends in a console that is there, and in which one click begins a good release; Ctrl-C leaves nothing behind", async () => {
    const [link = ""] = /http:\/\/\S+\/login\/\S+/.exec(said.split("The console, by a link")[1] ?? "") ?? [];
    expect(link, said).not.toBe("");
    const { port, host, pathname } = new URL(link);
    const send = (target: string, options: Parameters<typeof ask>[3] = {}) => ask(Number(port), host, target, options);
    const entered = await send(pathname);
    const cookie = String(entered.headers["set-cookie"]).split(";", 1)[0] ?? "";
    const page = await send("/", { headers: { cookie } });
    expect([page.status, page.text]).toEqual([200, expect.stringContaining('id="console"')]);

    const at = "/v1/products/bytereview";
    const { items } = JSON.parse((await send(`${at}/demo`, { headers: { cookie } })).text) as {
      readonly items: readonly { readonly name: string; readonly environment: string }[];
    };
    expect(items.map(({ name, environment }) => `${name} ${environment}`)).toEqual(["good staging", "bad staging"]);
    // Wherever the command was said from, lines are named as seen from the spec.
    const written = JSON.parse((await send(`${at}/environments/staging/spec/origins`, { headers: { cookie } })).text) as {
      readonly items: readonly { readonly from: { readonly place?: { readonly file: string } } }[];
    };
    const files = new Set(written.items.flatMap(({ from }) => (from.place === undefined ? [] : [from.place.file])));
    expect([...files].toSorted()).toEqual(expect.arrayContaining(["gantry.config.ts", "things.ts"]));
    expect([...files].filter((file) => file.includes(".."))).toEqual([]);
    const begun = await send(`${at}/environments/staging/demo`, {
      method: "POST",
      headers: { cookie, "content-type": "application/json", origin: `http://${host}`, "sec-fetch-site": "same-origin" },
      body: JSON.stringify({ offer: "good" }),
    });
    expect(begun.status, begun.text).toBe(201);
    const { release } = JSON.parse(begun.text) as { readonly release: string };
    await until(
      "the new version has a part of the traffic",
      async () =>
        JSON.parse((await send(`${at}/environments/staging/releases/${release}`, { headers: { cookie } })).text) as {
          readonly phase: string;
          readonly exposure: Readonly<Record<string, { readonly requests: number }>>;
        },
      ({ exposure }) => (exposure["api"]?.requests ?? 0) > 0,
      60_000,
    );

    demo.kill("SIGINT");
    const status = await new Promise((resolve) => demo.once("close", resolve));
    expect(status, said).toBe(0);
    await until(
      "no process is left of it",
      () => processesOf(base),
      (pids) => pids.length === 0,
    );
    expect(existsSync(path.join(example, ".gantry/demo.json"))).toBe(false);
  });
});
