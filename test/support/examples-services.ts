import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../src/system/free-port.ts";
import { buildArtifact } from "../../src/targets/local/artifact.ts";
import { root } from "./gantry.ts";

export type Line = Readonly<Record<string, unknown>> & { readonly message?: string };

export type RunningService = {
  readonly url: string;
  readonly child: ChildProcess;
  readonly lines: readonly Line[];
  readonly text: () => string;
  /** Asks it; a body that is no text is sent as JSON. */
  readonly ask: (route: string, options?: Ask) => Promise<Asked>;
  /** All samples of its metrics, by their name and labels as they are written. */
  readonly metrics: () => Promise<ReadonlyMap<string, number>>;
  readonly stop: () => Promise<number | null>;
  readonly ended: Promise<number | null>;
};
export type Ask = { readonly headers?: Record<string, string>; readonly body?: unknown };
export type Asked = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Record<string, unknown>;
};

export type Services = {
  readonly start: (entry: string, env?: Readonly<Record<string, string>>, args?: readonly string[]) => Promise<RunningService>;
  /** Starts and does not wait until it listens. */
  readonly launch: (entry: string, env?: Readonly<Record<string, string>>, args?: readonly string[]) => Promise<RunningService>;
  readonly stopAll: () => Promise<void>;
};

/** Builds services of examples as the local target does, and runs them. */
export function createServices(): Services {
  // Made when it is needed: where all tests are skipped, nobody would remove it.
  let artifacts: string | undefined;
  const running = new Set<RunningService>();

  const launch: Services["launch"] = async (entry, env = {}, args = []) => {
    const [example = "", file = ""] = entry.split(":");
    artifacts ??= mkdtempSync(path.join(tmpdir(), "gantry-examples-"));
    const built = await buildArtifact(
      entry,
      { entry: `services/${file}.ts`, args: [...args] },
      { root: path.join(root, "examples", example), artifacts },
    );
    const [program, ...given] = built.command;
    const port = await freePort();
    const child = spawn(program, given, {
      cwd: built.folder,
      env: {
        PATH: process.env["PATH"],
        PORT: String(port),
        GANTRY_PRODUCT: example,
        GANTRY_ENVIRONMENT: "local",
        GANTRY_SERVICE: file,
        LOG_LEVEL: "debug",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const service = follow(child, `http://127.0.0.1:${port}`);
    running.add(service);
    void service.ended.then(() => running.delete(service));
    return service;
  };

  return {
    launch,
    start: async (...given) => {
      const service = await launch(...given);
      await until(() => service.lines.some((line) => line.message === "listening") || service.child.exitCode !== null);
      if (service.child.exitCode !== null) throw new Error(`${given[0]} ended: ${service.text()}`);
      return service;
    },
    stopAll: async () => {
      await Promise.all([...running].map(({ child, ended }) => (child.kill("SIGKILL"), ended)));
      if (artifacts !== undefined) rmSync(artifacts, { recursive: true, force: true });
    },
  };
}

function follow(child: ChildProcess, url: string): RunningService {
  const lines: Line[] = [];
  let text = "";
  let rest = "";
  child.stderr?.on("data", (part: Buffer) => (text += part.toString()));
  child.stdout?.setEncoding("utf8").on("data", (part: string) => {
    text += part;
    const all = (rest + part).split("\n");
    rest = all.pop() ?? "";
    for (const line of all) lines.push(JSON.parse(line) as Line);
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", (status) => resolve(status)));
  const ask = async (route: string, { headers = {}, body }: Ask = {}): Promise<Asked> => {
    const [method = "", pathname = ""] = route.split(" ");
    const raw = typeof body === "string" || body === undefined;
    const response = await fetch(url + pathname, {
      method,
      redirect: "manual",
      headers: { ...(raw ? {} : { "content-type": "application/json" }), ...headers },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    });
    const said = await response.text();
    const json = response.headers.get("content-type")?.startsWith("application/json");
    return {
      status: response.status,
      headers: response.headers,
      text: said,
      body: json ? (JSON.parse(said) as Asked["body"]) : {},
    };
  };
  return {
    url,
    child,
    lines,
    text: () => text,
    ask,
    metrics: async () => parseMetrics((await ask("GET /metrics")).text),
    ended,
    stop: () => (child.kill("SIGTERM"), ended),
  };
}

/** Reads the Prometheus text format, strictly: every sample belongs to a family that was announced. */
export function parseMetrics(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  const types = new Map<string, string>();
  for (const line of text.split("\n").filter((one) => one !== "")) {
    const announced = /^# (HELP|TYPE) ([a-z_]+) (.+)$/.exec(line);
    if (announced) {
      if (announced[1] === "TYPE") types.set(announced[2] ?? "", announced[3] ?? "");
      continue;
    }
    const sample = /^([a-z_]+)(\{(?:[a-z_]+="(?:[^"\\\n]|\\.)*",?)*\})? (-?[\d.]+(?:e[+-]?\d+)?)$/.exec(line);
    if (!sample) throw new Error(`no line of metrics: ${line}`);
    const [, name = "", labels = "", value] = sample;
    const family = [name, name.replace(/_(bucket|sum|count)$/, "")].find((one) => types.has(one));
    if (!family) throw new Error(`a sample of nothing: ${line}`);
    if (samples.has(name + labels)) throw new Error(`twice: ${line}`);
    samples.set(name + labels, Number(value));
  }
  return samples;
}

/** Waits until it holds. Fails, with the last error, when it does not within half a minute. */
export async function until(holds: () => boolean | Promise<boolean>, what = holds.toString()): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`did not come to hold: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
