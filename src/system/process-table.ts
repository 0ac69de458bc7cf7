import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/** A process as the system tells of it. */
export type ProcessRow = {
  readonly pid: number;
  readonly group: number;
  /** It ran to its end and only waits for its parent to notice. */
  readonly ended: boolean;
  /** Means something only when compared with another of the same machine. */
  readonly startedAt: string;
  /** Of itself and of those of its children that it has waited for. */
  readonly cpuMs: number;
  readonly rssBytes: number;
};

const onLinux = process.platform === "linux";

/** All processes of this machine that may be seen. On Linux a few milliseconds at most, and no process is started for it. */
export function processTable(): readonly ProcessRow[] {
  if (!onLinux) return rowsOfPs(["-A"]);
  const rows: ProcessRow[] = [];
  for (const name of readdirSync("/proc")) {
    const row = /^\d+$/.test(name) ? rowOfProc(name) : undefined;
    if (row) rows.push(row);
  }
  return rows;
}

export function processRow(pid: number): ProcessRow | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  return onLinux ? rowOfProc(String(pid)) : rowsOfPs(["-p", String(pid)])[0];
}

/** The processes whose environment says `name=value`, or whose value begins with it when it ends in a slash. Linux only: elsewhere none. */
export function processesWith(name: string, value: string): readonly number[] {
  if (!onLinux) return [];
  const wanted = Buffer.from(`\0${name}=${value}${value.endsWith("/") ? "" : "\0"}`);
  return readdirSync("/proc").flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const environment = Buffer.concat([Buffer.of(0), readFileSync(`/proc/${entry}/environ`), Buffer.of(0)]);
      return environment.includes(wanted) ? [Number(entry)] : [];
    } catch {
      // Somebody else's, or gone in between.
      return [];
    }
  });
}

// See proc_pid_stat(5). The name is in parentheses and may hold anything, parentheses too.
function rowOfProc(pid: string): ProcessRow | undefined {
  let text;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const field = (number: number): string => fields[number - 3] ?? "";
  const ticks = Number(field(14)) + Number(field(15)) + Number(field(16)) + Number(field(17));
  return {
    pid: Number(pid),
    group: Number(field(5)),
    ended: field(3) === "Z" || field(3) === "X",
    startedAt: field(22),
    cpuMs: ticks * msPerTick,
    rssBytes: Number(field(24)) * pageBytes(),
  };
}

// The kernel tells user space hundredths of a second, whatever it counts in itself.
const msPerTick = 10;

let knownPageBytes: number | undefined;

/** No call of Node's tells it, but Node tells its own size in bytes and the kernel tells the same in pages. */
function pageBytes(): number {
  if (knownPageBytes === undefined) {
    const pages = Number(
      readFileSync("/proc/self/stat", "latin1")
        .replace(/^.*\) /s, "")
        .split(" ")[24 - 3],
    );
    const guess = process.memoryUsage.rss() / pages;
    knownPageBytes = Number.isFinite(guess) ? 2 ** Math.round(Math.log2(guess)) : 4096;
  }
  return knownPageBytes;
}

const psColumns = "pid=,pgid=,stat=,rss=,time=,lstart=";
const psLine = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s+(.*)$/;

function rowsOfPs(which: readonly string[]): readonly ProcessRow[] {
  let text;
  try {
    text = execFileSync("ps", [...which, "-o", psColumns], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  } catch {
    // It ends with 1 when there is no such process.
    return [];
  }
  return parsePs(text);
}

/** What `ps -o pid=,pgid=,stat=,rss=,time=,lstart=` prints, on macOS, the BSDs and Linux. */
export function parsePs(text: string): readonly ProcessRow[] {
  return text.split("\n").flatMap((line) => {
    const match = psLine.exec(line);
    if (!match) return [];
    const [, pid, group, state = "", rssKb, days, hours, minutes, seconds, startedAt = ""] = match;
    const spent = ((Number(days ?? 0) * 24 + Number(hours ?? 0)) * 60 + Number(minutes)) * 60 + Number(seconds);
    return {
      pid: Number(pid),
      group: Number(group),
      ended: state.startsWith("Z"),
      startedAt: startedAt.trim(),
      cpuMs: Math.round(spent * 1_000),
      rssBytes: Number(rssKb) * 1_024,
    };
  });
}
