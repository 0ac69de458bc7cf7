import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { AgentState } from "../../src/agent/state.ts";
import type { Played } from "../../src/cli/live/game-day.ts";
import { main } from "./gantry.ts";
import type { Project, Run } from "./platform.ts";

export const words = (line: string): readonly string[] => line.split(" ");

export type Day = Played & { readonly ok: boolean; readonly surprises: readonly string[]; readonly people?: readonly string[] };
export type DayRun = Pick<Run, "status" | "err"> & { readonly day: Day };

/** A game day from beginning to end: `staging api --fault errors=5%`. */
export async function dayOf(project: Project, line: string, ...more: readonly string[]): Promise<DayRun> {
  const { status, out, err } = await project.run("rehearse", "--live", "--json", ...words(line), ...more);
  return { status, err, day: JSON.parse(out) as Day };
}

/** One that somebody will end before its time. */
export function beginDay(project: Project, line: string): { readonly child: ChildProcess; readonly ended: Promise<Run> } {
  const args = [main, "rehearse", "--live", "--json", ...words(line)];
  const child = spawn(process.execPath, args, { cwd: project.folder, env: project.env, stdio: ["ignore", "pipe", "ignore"] });
  let out = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  return { child, ended: new Promise((resolve) => child.once("close", (status) => resolve({ status, out, err: "" }))) };
}

/** How many game days are over in an environment. */
export async function daysEnded(project: Project, environment: string): Promise<number> {
  const found = await project.json<{ events: readonly object[] }>("events", environment, "--kind", "gameday.ended");
  return found.events.length;
}

/** Processes that stand still, of services and resources. */
export function stopped({ folder }: Pick<Project, "folder">): readonly number[] {
  const state = JSON.parse(readFileSync(path.join(folder, ".gantry/agent.json"), "utf8")) as AgentState;
  return state.processes.flatMap(({ pid }) => {
    try {
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.startsWith("T") === true ? [pid] : [];
    } catch {
      return [];
    }
  });
}
