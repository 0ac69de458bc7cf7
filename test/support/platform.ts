import { spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./gantry.ts";

/** A product in a folder of its own, with a home of its own: nothing of this machine's user is touched. */
export type Project = {
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  run(...args: string[]): Promise<Run>;
  json<T>(...args: string[]): Promise<T>;
  /** Ends everything, also where a test has failed, and removes the folder. */
  remove(): Promise<void>;
};

export type Run = { readonly status: number | null; readonly out: string; readonly err: string };

export function makeProject(fixture: string | undefined, options: { readonly path?: string } = {}): Project {
  const base = realpathSync(mkdtempSync(path.join(tmpdir(), "gantry-platform-")));
  const folder = path.join(base, "shop");
  mkdirSync(folder);
  if (fixture !== undefined) cpSync(path.join(root, "test/fixtures", fixture), folder, { recursive: true });
  if (fixture !== undefined) symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: path.join(base, "home"),
    XDG_CONFIG_HOME: path.join(base, "home", "config"),
    XDG_RUNTIME_DIR: path.join(base, "run"),
    NO_COLOR: "1",
    ...(options.path === undefined ? {} : { PATH: options.path }),
  };
  const run = (...args: string[]) => gantryIn(folder, env, args);
  return {
    folder,
    env,
    run,
    async json<T>(...args: string[]) {
      const done = await run(...args, "--json");
      if (done.status !== 0) throw new Error(`gantry ${args.join(" ")} ended with ${done.status}: ${done.out}${done.err}`);
      return JSON.parse(done.out) as T;
    },
    async remove() {
      await run("down", "--data");
      for (const pid of processesOf(folder)) process.kill(pid, "SIGKILL");
      rmSync(base, { recursive: true, force: true });
    },
  };
}

export function gantryIn(folder: string, env: NodeJS.ProcessEnv, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, "dist/run/main.js"), ...args], {
      cwd: folder,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let [out, err] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.once("error", reject);
    child.once("close", (status) => resolve({ status, out, err }));
  });
}

/** Keeps a secret as a person does: from standard input. */
export async function setSecret({ folder, env }: Project, name: string, value: string): Promise<void> {
  const child = spawn(process.execPath, [path.join(root, "dist/run/main.js"), "secret", "set", name], {
    cwd: folder,
    env,
    stdio: ["pipe", "ignore", "pipe"],
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  child.stdin.end(`${value}\n`);
  const status = await new Promise((resolve) => child.once("close", resolve));
  if (status !== 0) throw new Error(`gantry secret set ${name} ended with ${String(status)}: ${said}`);
}

/** The processes whose command line, folder or environment names this folder. */
export function processesOf(folder: string): readonly number[] {
  if (!existsSync("/proc")) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => {
      try {
        const [status = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").slice(1);
        if (status.startsWith("Z")) return false;
        return ["cmdline", "environ"].some((file) => readFileSync(`/proc/${pid}/${file}`, "utf8").includes(folder));
      } catch {
        return false;
      }
    })
    .map(Number);
}

export type Answer = { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly text: string };

/** Asks the gateway as a browser would: its port, and the host by its name. */
export function ask(
  port: number,
  host: string,
  target: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: "127.0.0.1",
        port,
        path: target,
        method: options.method ?? "GET",
        headers: { host, ...options.headers },
        agent: false,
      },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => (text += part));
        response.once("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
        response.once("error", reject);
      },
    );
    asked.once("error", reject);
    asked.end(options.body);
  });
}

/** Looks again until it holds; says what it saw last when it never does. */
export async function until<T>(
  what: string,
  look: () => Promise<T> | T,
  holds: (seen: T) => boolean,
  withinMs = 30_000,
): Promise<T> {
  const end = Date.now() + withinMs;
  let seen: T | undefined;
  let failure: unknown;
  do {
    try {
      seen = await look();
      failure = undefined;
      if (holds(seen)) return seen;
    } catch (error) {
      failure = error;
    }
    await sleep(25);
  } while (Date.now() < end);
  throw new Error(`${what} did not come true; last seen: ${failure === undefined ? JSON.stringify(seen) : String(failure)}`);
}
