import { setTimeout as sleep } from "node:timers/promises";
import type { Command, Reply, Run } from "../../delivery/machine.ts";
import { UserError } from "../../lib/errors.ts";
import type { RunRow } from "../../store/runs.ts";
import type { Store } from "../../store/store.ts";
import type { AnyMachine } from "./driver.ts";

const pollMs = 1_000;

/** What can be said to runs, and read of them, without moving any: it is all in the database. */
export type Desk = {
  /** Nothing where no answer came in time: it is read all the same. Said twice with one id, it is done once. */
  command(run: string, command: Command, options?: { readonly limitMs?: number }): Promise<Reply | undefined>;
  /** A run as it stands, read by its machine. */
  readonly read: (row: Pick<RunRow, "kind" | "data">) => Run;
};

export function createDesk(store: Pick<Store, "runs" | "commands" | "bell">, machines: readonly AnyMachine[]): Desk {
  const known = new Map(machines.map((machine) => [machine.kind, machine]));
  return {
    command: (run, command, { limitMs = 10_000 } = {}) => askRun(store, run, { command, limitMs }),
    read: ({ kind, data }) => (known.get(kind)?.upcast(data) ?? data) as Run,
  };
}

/** Writes down what is asked, and waits for the answer; nothing where none came in time: it is still read. */
async function askRun(
  store: Pick<Store, "runs" | "commands" | "bell">,
  run: string,
  { command, limitMs }: { readonly command: Command; readonly limitMs: number },
): Promise<Reply | undefined> {
  let bell = new AbortController();
  const off = store.bell.on((heard) => {
    if (heard === undefined || (heard.what === "answered" && heard.id === command.id)) bell.abort();
  });
  try {
    if (!(await store.commands.add(run, command.id, command)))
      throw new UserError("unknown-run", `there is no run ${run.slice(0, 200)}`, {
        hint: "gantry rollout list shows those there are",
      });
    const untilMs = performance.now() + limitMs;
    for (;;) {
      const reply = await store.commands.reply(command.id);
      if (reply?.answered === true) return { command: command.id, ok: reply.ok, because: reply.because };
      // Between its last look and its end it may have been asked something that nobody reads any more.
      if (((await store.runs.get(run))?.endedAt ?? null) !== null) await store.commands.close([run]);
      const leftMs = untilMs - performance.now();
      if (leftMs <= 0) return undefined;
      if (!bell.signal.aborted) await sleep(Math.min(pollMs, leftMs), undefined, { signal: bell.signal }).catch(() => {});
      bell = new AbortController();
    }
  } finally {
    off();
  }
}
