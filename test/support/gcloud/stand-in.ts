import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type CloudState, act, isChange, leaveHalfMade } from "./cloud.ts";
import { Refusal, parseCommand } from "./parse.ts";

export type Call = { readonly words: readonly string[]; readonly change: boolean };
export type Kill = { readonly call: number; readonly when: "before" | "after" };
export type Ran = {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly Call[];
};
type How = {
  readonly kill?: Kill | undefined;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
};

export type StandIn = {
  /** Runs a script in a process group of its own, with the stand-in for gcloud first on PATH. */
  readonly run: (script: string, words: readonly string[], cloud: CloudState, how?: How) => Promise<Ran>;
  readonly stop: () => Promise<void>;
};

type Running = { readonly cloud: CloudState; readonly kill: Kill | undefined; readonly calls: Call[] };

/** Plays gcloud for scripts: each run with a cloud of its own, so that any number may run at once. */
export async function startStandIn(): Promise<StandIn> {
  const folder = mkdtempSync(path.join(tmpdir(), "gcloud-stand-in-"));
  writeFileSync(path.join(folder, "gcloud"), client(), { mode: 0o755 });
  const running = new Map<string, Running>();
  const server = createServer((socket) => serve(socket, running));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  let count = 0;
  return {
    async run(script, words, cloud, { kill, env = {}, input = "" } = {}) {
      const id = String((count += 1));
      const calls: Call[] = [];
      running.set(id, { cloud, kill, calls });
      const child = spawn("bash", [script, ...words], {
        detached: true,
        env: {
          HOME: folder,
          PATH: `${folder}:${process.env["PATH"] ?? ""}`,
          STAND_IN_PORT: String(port),
          STAND_IN_RUN: id,
          POLL_SECONDS: "0",
          ...env,
        },
      });
      let [stdout, stderr] = ["", ""];
      child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
      child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
      child.stdin.on("error", () => {}).end(input);
      const [status, signal] = await new Promise<[number | null, string | null]>((resolve, reject) => {
        child.on("error", reject).on("close", (...ended) => resolve(ended));
      });
      running.delete(id);
      return { status, signal, stdout, stderr, calls };
    },
    async stop() {
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** It is started ten thousand times: without `env`, which would look for bash each time, in half of the time. */
function client(): string {
  const bash = execFileSync("bash", ["-c", 'printf %s "$BASH"'], { encoding: "utf8" });
  return readFileSync(new URL("client.sh", import.meta.url), "utf8").replace(/^#!.*/, () => `#!${bash}`);
}

/** Run, how many words, the words, standard input: each ends in a zero byte. */
function serve(socket: Socket, running: ReadonlyMap<string, Running>): void {
  let received = Buffer.alloc(0);
  socket.on("error", () => {});
  socket.on("data", (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const parts = received.toString("utf8").split("\0");
    if (parts.length < 3 || parts.length < Number(parts[1]) + 4) return;
    const run = running.get(parts[0] ?? "");
    const answer =
      run === undefined
        ? { status: "70", output: "", complaint: "no such run\n" }
        : answerTo(run, parts.slice(2, -2), parts.at(-2) ?? "");
    socket.end(`${answer.status}\0${answer.output}\0${answer.complaint}\0`);
  });
}

function answerTo({ cloud, kill, calls }: Running, words: readonly string[], input: string) {
  const dead = { status: "kill", output: "", complaint: "" };
  try {
    const command = parseCommand(words, input);
    calls.push({ words, change: isChange(command) });
    const struck = kill?.call === calls.length ? kill.when : undefined;
    if (struck === "before") return dead;
    const { output, made } = act(cloud, command, input);
    if (struck === undefined) return { status: "0", output, complaint: "" };
    if (made) leaveHalfMade(made);
    return dead;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { status: String(error.status), output: "", complaint: error.message };
  }
}
