import { type ChildProcess, spawn } from "node:child_process";
import { expect, onTestFinished, test } from "vitest";
import type { Report } from "../../src/rehearse/page/page.ts";
import { exampleFile, main } from "../support/gantry.ts";
import { onPath } from "../support/on-path.ts";
import { until } from "../support/platform.ts";

// What somebody sees who waits for many: by the command as it is shipped, on a terminal and without one.

const words = [process.execPath, main, "rehearse", "prod", "-c", exampleFile("codementor"), "-n", "1000000"];

const { FORCE_COLOR: _, ...inherited } = process.env;
const env = { ...inherited, NO_COLOR: "1", TERM: "xterm" };

type Watched = {
  readonly child: ChildProcess;
  readonly text: { out: string; err: string };
  readonly ended: Promise<number | null>;
};

function watched(command: string, args: readonly string[]): Watched {
  const child = spawn(command, [...args], {
    stdio: "pipe",
    env,
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const text = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (more: string) => (text.out += more));
  child.stderr.setEncoding("utf8").on("data", (more: string) => (text.err += more));
  return { child, text, ended: new Promise((resolve) => child.once("close", resolve)) };
}

/** A terminal of its own, in which both streams are one. */
const inTerminal = (...more: readonly string[]): Watched =>
  watched("script", ["-qefc", [...words, ...more].map((word) => `'${word}'`).join(" "), "/dev/null"]);

const again = "\r\u001b[K";
const line = new RegExp(`${again.replace("[", "\\[")} {2}… (\\d+) of 1000000 runs, [^…]+ left`, "g");

test.skipIf(!onPath("script"))(
  "on a terminal one line says how far it is, and is gone when Ctrl-C ends it; pipes and programs are spared (needs script)",
  async () => {
    const [person, program] = [inTerminal(), inTerminal("--json")];
    const piped = watched(words[0] ?? "", words.slice(1));
    const seen = () => [...person.text.out.matchAll(line)].map(([, done]) => Number(done));
    await until("two lines that tell how far it is", seen, ({ length }) => length >= 2);
    // All three were at work meanwhile.
    expect(piped.text).toEqual({ out: "", err: "" });
    expect(program.text.out).toBe("");
    for (const one of [person, program]) one.child.stdin?.write("\u0003");
    piped.child.kill("SIGINT");
    expect(await Promise.all([person.ended, program.ended, piped.ended])).toEqual([130, 130, 130]);

    const done = seen();
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    // Nothing but the line is there until it is taken away; then what was rehearsed until then.
    const shown = person.text.out.replaceAll("^C", "");
    const last = shown.lastIndexOf(again);
    const [before, after] = [shown.slice(0, last), shown.slice(last + again.length)];
    expect(before.replace(line, "")).toBe("");
    expect(after).toMatch(/^codementor prod: a good release, at 50rps\r\n/);
    expect(after).not.toContain("…");
    const report = JSON.parse(program.text.out.replaceAll("^C", "")) as Report & { readonly ok: boolean };
    expect([report.ok, (report.cases[0]?.summary.runs ?? 0) > 0]).toEqual([false, true]);
    expect([piped.text.err, piped.text.out.split("\n")[0]]).toEqual(["", "codementor prod: a good release, at 50rps"]);
  },
);
