import * as fc from "fast-check";
import { expect, test } from "vitest";
import { usualBackOff } from "./back-off.ts";
import {
  newReplica,
  type ReplicaContext,
  type ReplicaEffect,
  type ReplicaInput,
  type ReplicaMachine,
  stepReplica,
} from "./replica-machine.ts";
import type { Readiness } from "./unit-spec.ts";

const http: Readiness = {
  kind: "http",
  path: "/live",
  readyPath: "/ready",
  everyMs: 1_000,
  timeoutMs: 500,
  failures: 3,
  successes: 2,
  startMs: 10_000,
};
const good: ReplicaInput = { kind: "probed", probed: { ready: true, live: true } };
const bad: ReplicaInput = { kind: "probed", probed: { ready: false, live: false, why: "connection refused" } };
const busy: ReplicaInput = { kind: "probed", probed: { ready: false, live: true, why: "it answered 503" } };
const crash: ReplicaInput = { kind: "exited", reason: "ended with status 1 after 0.3 s" };

/** A replica and a clock in the hands of the test. */
function byHand(changes: Partial<ReplicaContext> = {}) {
  let machine: ReplicaMachine = newReplica(0);
  let nowMs = 0;
  let unitWasReady = changes.unitWasReady ?? false;
  return {
    machine: () => machine,
    pass: (ms: number) => void (nowMs += ms),
    send: (...inputs: readonly (ReplicaInput | Exclude<ReplicaInput["kind"], "probed" | "exited">)[]): readonly ReplicaEffect[] =>
      inputs.flatMap((input) => {
        const result = stepReplica(machine, typeof input === "string" ? { kind: input } : input, {
          readiness: http,
          restart: "always",
          backOff: { ...usualBackOff, random: () => 1 },
          ...changes,
          nowMs,
          unitWasReady,
        });
        machine = result.machine;
        if (machine.state === "ready") unitWasReady = true;
        return result.effects;
      }),
  };
}

test("one good look is not enough, and they have to follow each other", () => {
  const { send, machine } = byHand();
  expect(send("start", "started")).toEqual([{ do: "start" }, { do: "deadline", afterMs: 10_000 }, { do: "probe", afterMs: 25 }]);
  send(good, bad, good);
  expect(machine().state).toBe("starting");
  expect(send(good)).toEqual([
    { do: "tell", what: "ready", words: "ready in 0 ms" },
    { do: "probe", afterMs: 1_000 },
  ]);
});

test("a start is looked at often at first and ever more seldom, never more seldom than afterwards", () => {
  const { send, pass } = byHand();
  send("start", "started");
  const gaps = [0, 500, 4_000, 9_000].map((ms) => {
    pass(ms);
    return send(bad);
  });
  expect(gaps).toEqual([25, 50, 450, 1_000].map((afterMs) => [{ do: "probe", afterMs }]));
});

test("a start that takes too long is ended with the reason of the last look", () => {
  const { send, machine } = byHand();
  send("start", "started", bad);
  expect(send("late")).toEqual([{ do: "end" }]);
  expect(machine()).toMatchObject({
    state: "stopping",
    ending: "did not answer GET /ready within 10 s of its start: connection refused",
  });
  expect(send("late", good)).toEqual([]);
});

test("it is unready before anything is done about it, is left alone as long as it lives, and comes back", () => {
  const { send, machine } = byHand();
  send("start", "started", good, good);
  expect(send(busy, busy).filter((effect) => effect.do === "tell")).toEqual([]);
  expect(send(busy)[0]).toMatchObject({ do: "tell", what: "unready" });
  for (let look = 0; look < 100; look++) send(busy);
  expect(machine().state).toBe("unready");
  expect(send(bad, bad, bad, bad, bad).every((effect) => effect.do === "probe")).toBe(true);
  expect(send(good, good)).toContainEqual({ do: "tell", what: "ready", words: "ready again" });
  send(bad, bad, bad, bad, bad);
  expect(send(bad)).toEqual([{ do: "end" }]);
  expect(machine().ending).toBe("did not answer GET /live 6 times in a row: connection refused");
});

test("it is started again ever more slowly, and from the beginning after it was ready for a while", () => {
  const { send, pass } = byHand({ unitWasReady: true });
  send("start");
  const wait = (): number | undefined =>
    send("started", "fell", crash).flatMap((effect) => (effect.do === "wake" ? [effect.afterMs] : []))[0];
  const waits = [1, 2, 3, 4].map(() => {
    const ms = wait();
    pass(1_000);
    send("wake");
    return ms;
  });
  expect(waits).toEqual([200, 400, 800, 1_600]);
  send("started", good, good);
  pass(usualBackOff.steadyMs);
  expect(send("fell", crash)).toContainEqual({ do: "wake", afterMs: 200 });
});

test("what never was ready is given up; what was goes on at the slowest", () => {
  const fails = (unitWasReady: boolean): readonly ReplicaEffect[] => {
    const { send } = byHand({ unitWasReady });
    send("start");
    for (let exit = 1; exit < usualBackOff.exits; exit++) send("started", crash, "wake");
    return send("started", crash);
  };
  const told = {
    do: "tell",
    what: "failed",
    words: "ended 5 times in a row; the last time it ended with status 1 after 0.3 s",
  };
  expect(fails(false).filter((effect) => effect.do !== "probe" && effect.do !== "deadline")).toEqual([told]);
  expect(fails(true)).toEqual(expect.arrayContaining([told, { do: "wake", afterMs: usualBackOff.slowestMs }]));
});

test("exits long ago are forgotten", () => {
  const { send, pass, machine } = byHand({ unitWasReady: true });
  send("start");
  for (let exit = 0; exit < 20; exit++) {
    send("started", good, good, "fell", crash);
    expect(machine().state).toBe("backing-off");
    pass(usualBackOff.windowMs / 3);
    send("wake");
  }
});

test("a port that was taken costs nothing, but not for ever", () => {
  const { send, machine } = byHand();
  const taken: ReplicaInput = { kind: "exited", reason: "ended with status 1", portTaken: true };
  send("start");
  for (let time = 0; time < 5; time++) expect(send("started", "fell", taken)).toContainEqual({ do: "start" });
  expect(machine().restarts).toBe(0);
  send("started", "fell", taken);
  expect(machine().state).toBe("backing-off");
});

test("a reason belongs to its own exit", () => {
  const { send, machine } = byHand();
  send("start", "started", "late", "fell", crash, "wake");
  expect(machine().ending).toBeUndefined();
});

test("what was ready is drained before it is ended; what was not is ended", () => {
  const one = byHand();
  one.send("start", "started", good, good);
  expect(one.send("stop", "stop")).toEqual([{ do: "drain" }]);
  expect(one.send("drained")).toEqual([{ do: "end" }]);
  one.send("fell", crash);
  expect(one.machine().state).toBe("stopped");
  const other = byHand();
  expect(other.send("start", "stop")).toEqual([{ do: "start" }, { do: "end" }]);
  expect(other.send("started")).toEqual([{ do: "end" }]);
});

test("whatever happens, in whatever order: one process at a time, nothing is started after stop, and ready and unready alternate", () => {
  const kinds = ["started", "late", "fell", "wake", "stop", "drained", "again"] as const;
  const input = fc.oneof(fc.constantFrom(...kinds), fc.constantFrom(good, bad, busy, crash));
  fc.assert(
    fc.property(fc.array(input, { maxLength: 60 }), fc.boolean(), (inputs, unitWasReady) => {
      const { send, machine } = byHand({ unitWasReady });
      let processes = "none" as "none" | "asked" | "runs";
      let ready = false;
      const check = (effects: readonly ReplicaEffect[], wanted: boolean): void => {
        for (const effect of effects) {
          if (effect.do === "start") {
            expect([processes, wanted]).toEqual(["none", true]);
            processes = "asked";
          }
          if (effect.do === "tell" && (effect.what === "ready" || effect.what === "unready")) {
            expect(ready).toBe(effect.what === "unready");
            ready = effect.what === "ready";
          }
          if (effect.do === "end") expect(processes).not.toBe("none");
        }
      };
      check(send("start"), true);
      for (const one of inputs) {
        // Only what can happen: a process that was asked for starts or does not, one that runs can end.
        if (one === "started" && processes !== "asked") continue;
        if ((one === "fell" || one === good || one === bad || one === busy || one === "late") && processes !== "runs") continue;
        if (one === crash && processes === "none") continue;
        const { wanted } = machine();
        if (one === "started") processes = "runs";
        if (one === crash) {
          check(send("fell"), wanted);
          processes = "none";
          ready = false;
        }
        check(send(one), wanted);
      }
    }),
  );
});
