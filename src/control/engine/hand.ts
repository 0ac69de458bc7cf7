import { setTimeout as sleep } from "node:timers/promises";
import type { Command, NoticeDraft, Run } from "../../delivery/machine.ts";
import type { CommandRow } from "../../store/commands.ts";
import type { LeasedRun, RunNotice, RunWrite } from "../../store/runs.ts";
import { type Acting, createActing } from "./acting.ts";
import { type Before, type Decision, asCommand, asEvent, clean, decide } from "./decision.ts";
import type { AnyDriver } from "./driver.ts";
import type { Fences } from "./fences.ts";
import type { Written } from "./writer.ts";

// One run in this process' hands, from the moment its lease is taken until it is let go or lost.
//
// 1. What a look decides is written before anything of it is carried out, and written only while the lease is ours.
// 2. Looks never wait for what is being carried out: what is wanted by now takes the place of what was.
// 3. Nothing is begun once the lease may have run out. What is on its way all the same bears a number that the target knows is old.
// 4. Whatever is asked is answered by the look that reads it.

export type HandParts = {
  readonly driver: AnyDriver;
  readonly fences: Fences;
  readonly nowMs: () => number;
  readonly leaseMs: number;
  readonly write: (write: RunWrite) => Promise<Written>;
  readonly readCommands: (run: string) => Promise<readonly CommandRow[]>;
  readonly stillOurs: (run: string) => Promise<boolean>;
  /** Answers what came too late for a run that has ended. */
  readonly closeCommands: (run: string) => Promise<void>;
  readonly address: (run: Run, notices: readonly NoticeDraft[]) => readonly RunNotice[];
  readonly onNotices: () => void;
  readonly onError: (error: unknown, run: string) => void;
};

export type Hand = {
  /** Somebody asked something of it. */
  wanted(): void;
  /** Somebody else has it, or nobody can tell. */
  lose(): void;
  /** Our lease was renewed by what was sent at that moment, of the clock that only goes forward. */
  renewed(sentMs: number): void;
  readonly heldUntilMs: () => number;
  /** Resolves when it is no longer in hand; true where it was asked something that nobody has read. */
  readonly done: Promise<boolean>;
};

/** Waits shorter than this are spent with the run in hand. */
const holdMs = 1_000;
/** Whoever asks waits no longer for a look that goes on. */
const lookGraceMs = 25;
/** Whoever is this late has not just been busy. */
const missedMs = 1_000;
/** A clock may be set while it is slept by. */
const longestTimerMs = 1_000;
const gantry = { kind: "automation", name: "gantry" } as const;
const backOffMs = [1_000, 2_000, 5_000, 15_000, 60_000];

export function takeInHand(leased: LeasedRun, sentMs: number, parts: HandParts): Hand {
  const { id } = leased;
  const { driver, nowMs } = parts;
  const lost = new AbortController();
  let heldUntilMs = sentMs + parts.leaseMs;
  let asked = false;
  /** What is to happen when somebody asks, or it is lost. */
  let ring = (): void => {};
  let enough = new AbortController();

  const acting = createActing({
    driver,
    fences: parts.fences,
    mayAct: () => !lost.signal.aborted && performance.now() < heldUntilMs,
    stillOurs: () => parts.stillOurs(id),
    onError: (error) => parts.onError(error, id),
  });
  const lose = (): void => {
    lost.abort();
    acting.stop();
    ring();
  };

  /** Until something is to be done: it is due, somebody asks, or what was on its way is there. */
  const sleepUntil = (atMs: number): Promise<void> =>
    new Promise((resolve) => {
      if (asked || lost.signal.aborted) return resolve();
      const wake = (): void => {
        clearTimeout(timer);
        if (ring === wake) ring = () => {};
        resolve();
      };
      const timer = setTimeout(wake, Math.min(atMs - nowMs(), longestTimerMs));
      ring = wake;
      if (acting.busy()) void acting.settled().then(wake);
    });

  const look = async (run: Run): Promise<unknown> => {
    if (enough.signal.aborted) enough = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    ring = () => void (timer ??= setTimeout(() => enough.abort(), lookGraceMs));
    try {
      return await driver.observe(run, nowMs(), enough.signal);
    } finally {
      ring = () => {};
      clearTimeout(timer);
    }
  };

  /** A database that is not there is nothing the run has done: what is in hand is dropped, and taken anew when it is there again. */
  const reached = async <T>(asking: Promise<T>): Promise<T> => {
    try {
      return await asking;
    } catch (error) {
      lose();
      parts.onError(error, id);
      throw error;
    }
  };

  const put = async (write: Omit<RunWrite, "epoch">): Promise<Written["is"]> => {
    const from = performance.now();
    const written = await reached(parts.write({ ...write, epoch: parts.fences.epoch() }));
    if (written.is === "failed") throw written.error;
    if (written.is === "lost") lose();
    if (written.is === "written") heldUntilMs = Math.max(heldUntilMs, from + parts.leaseMs);
    return written.is;
  };

  /** What is written where there is nothing to decide. */
  const plain = (exclusive: boolean, wakeAtMs: number): Omit<RunWrite, "epoch"> => ({
    id,
    schemaVersion: driver.machine.schemaVersion,
    exclusive,
    ended: false,
    wakeAtMs,
    lookedAtMs: nowMs(),
    hold: false,
    events: [],
    notices: [],
    replies: [],
  });

  /** A look that came to nothing: it is said, what was asked is answered, and it is tried again, later each time. */
  const stuck = async (error: unknown, exclusive: boolean, commands: readonly Command[]): Promise<void> => {
    parts.onError(error, id);
    const because = clean(error instanceof Error ? error.message : String(error));
    const afterMs = backOffMs[Math.min(leased.failures, backOffMs.length - 1)] ?? 0;
    const event = asEvent({ kind: "run.stuck", actor: gantry, subject: id, because });
    await put({
      ...plain(exclusive, nowMs() + afterMs),
      problem: because,
      events: leased.failures === 0 ? [event] : [],
      replies: commands.map((one) => ({ command: one.id, ok: false, because })),
    });
  };

  const moves = async (): Promise<void> => {
    let run: Run | undefined;
    let commands: readonly Command[] = leased.commands.map(asCommand);
    try {
      run = driver.machine.upcast(leased.data);
      let before: Before = { text: JSON.stringify(leased.data), exclusive: leased.exclusive };
      if (leased.lastEffects !== null) return await finish(run, leased.lastEffects as readonly unknown[]);
      let { dueAtMs } = leased;
      for (;;) {
        const lateMs = nowMs() - dueAtMs;
        if (lateMs > missedMs) run = driver.machine.missed?.(run, lateMs) ?? run;
        const observed = await look(run);
        if (asked) {
          asked = false;
          commands = (await reached(parts.readCommands(id))).map(asCommand);
        }
        if (lost.signal.aborted) return;
        const decision = await write(run, before, observed, commands);
        if (decision === undefined) return;
        commands = [];
        ({ run, wakeAtMs: dueAtMs } = decision);
        before = { text: decision.text, exclusive: decision.write.exclusive };
        if (decision.toldSomebody) parts.onNotices();
        if (decision.over && decision.effects.length > 0) return await finish(run, decision.effects);
        if (decision.over) return await parts.closeCommands(id);
        if (releases(decision)) return;
        await acting.want(run, decision.effects);
        for (;;) {
          if (asked || decision.wakeAtMs <= nowMs()) break;
          if (!acting.busy() && decision.wakeAtMs - nowMs() > holdMs)
            return void (await put({
              ...plain(before.exclusive, decision.wakeAtMs),
              // That of the look which said when to wake: a clock that has gone back since is noticed by it.
              lookedAtMs: decision.write.lookedAtMs,
              ...problemOf(acting),
            }));
          await sleepUntil(decision.wakeAtMs);
          if (lost.signal.aborted) return;
        }
      }
    } catch (error) {
      if (!lost.signal.aborted) await stuck(error, run?.exclusive ?? leased.exclusive, commands);
    }
  };

  const releases = ({ effects, wakeAtMs }: Decision): boolean =>
    effects.length === 0 && !acting.busy() && !asked && wakeAtMs - nowMs() > holdMs;

  const write = async (
    run: Run,
    before: Before,
    observed: unknown,
    commands: readonly Command[],
  ): Promise<Decision | undefined> => {
    const given = { run, before, observed, nowMs: nowMs(), problem: acting.problem(), address: parts.address };
    let decision = decide(driver.machine, { ...given, commands });
    const hold = (): boolean => (decision.over ? decision.effects.length > 0 : !releases(decision));
    let is = await put({ ...decision.write, hold: hold() });
    if (is === "refused") {
      // It wanted the environment back, and another run has begun in it.
      const told: Command = { id: `${id} refused`, atMs: nowMs(), by: gantry, verb: "supersede" };
      decision = decide(driver.machine, { ...given, commands: [...commands, told] });
      is = await put({ ...decision.write, hold: hold() });
      if (is === "refused") throw new Error("another run has the environment, and this one does not give way");
    }
    return is === "written" ? decision : undefined;
  };

  /** Nothing is left to decide; what was decided last is carried out before it is over. */
  const finish = async (run: Run, effects: readonly unknown[]): Promise<void> => {
    // What was asked and not read comes too late: whoever waits hears it now, and not when all of it is done.
    await reached(parts.closeCommands(id));
    for (let attempt = 0; ; attempt += 1) {
      await acting.want(run, effects);
      await acting.settled();
      if (lost.signal.aborted || performance.now() >= heldUntilMs) return;
      if (acting.problem() === undefined || attempt >= 9) break;
      await sleep(Math.min(5_000, 100 * 2 ** attempt), undefined, { signal: lost.signal }).catch(() => {});
    }
    const because = acting.problem();
    const event = { kind: "run.unfinished", actor: gantry, subject: id, ...(because === undefined ? {} : { because }) };
    await put({
      ...plain(false, nowMs()),
      ended: true,
      ...problemOf(acting),
      events: because === undefined ? [] : [asEvent(event)],
    });
  };

  const done = moves()
    .catch((error: unknown) => parts.onError(error, id))
    .then(async () => {
      lose();
      await acting.settled();
      return asked;
    });

  return {
    wanted() {
      asked = true;
      ring();
    },
    lose,
    renewed: (from) => void (heldUntilMs = Math.max(heldUntilMs, from + parts.leaseMs)),
    heldUntilMs: () => heldUntilMs,
    done,
  };
}

function problemOf(acting: Acting): { readonly problem?: string } {
  const problem = acting.problem();
  return problem === undefined ? {} : { problem: clean(problem) };
}
