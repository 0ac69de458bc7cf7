import { describe, expect, test } from "vitest";
import type { Effect } from "../../src/delivery/effect.ts";
import type { Answer } from "../../src/delivery/gate.ts";
import type { Question } from "../../src/delivery/gates/question.ts";
import type { Change, Release } from "../../src/delivery/release.ts";
import { beginRetry, whyNotRetry } from "../../src/delivery/begin-release.ts";
import { command, drive, type Driven, type DriveOptions, passing } from "../support/delivery/drive.ts";
import { createLaws } from "../support/delivery/laws.ts";
import { begun, canary, changeOf, errorsAbove, healthOf, migrate, planOf } from "../support/delivery/plans.ts";
import type { Behaviour } from "../../src/rehearse/world/behaviour.ts";
import { createSimulatedTarget, type SimulatedTarget } from "../../src/rehearse/world/simulated-target.ts";

// What users of other release tools have asked for, for years. The numbers are those of the list that this was built from; each test says
// what holds here, by the number. With processes and requests the same is shown by test/platform/release.test.ts (3, 4, 6, 8, 12, 14),
// release-gates.test.ts (11, 13) and example-canary.test.ts (1, 13); 10 by src/agent/gateway/cohort.test.ts.

const minuteMs = 60_000;
const approval = { gate: "approval", role: { ref: "roles.ops" }, expires: "2h" };

type Tried = Driven & { readonly target: SimulatedTarget };
type Trying = Partial<DriveOptions> & {
  readonly changes?: readonly Change[];
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
  readonly requestsPerSecond?: number;
  readonly release?: (run: Release) => Release;
};

function attempt(
  strategy: Record<string, unknown>,
  { changes = [changeOf("api")], release = (run) => run, ...given }: Trying = {},
): Tried {
  const serving = Object.fromEntries(
    changes.map(({ service, from, replicas }) => [service, { ...(from === undefined ? {} : { revision: from }), replicas }]),
  );
  const { behaviours = {}, requestsPerSecond = 50 } = given;
  const target = given.target ?? createSimulatedTarget({ serving, behaviours, requestsPerSecond });
  const driven = drive(release(begun(planOf(strategy, changes), changes)), { check: createLaws(), ...given, target });
  return { ...driven, target };
}

const shareOf = ({ target }: Tried, service: string) => target.services()[service]?.shares;
const stateOf = ({ target }: Tried, service: string, revision: string) => target.services()[service]?.revisions[revision]?.state;
const all = (revision: string) => [{ revision, weightPercent: 100 }];
const steps = ({ run }: Driven) => run.record.filter(({ what }) => what.startsWith("step ")).map(({ what }) => what.slice(5));
const isWatch = (question: Question) => question.ask === "gate" && question.id.startsWith("watch");
/** Nothing is measured; the calendar is known all the same. */
const unmeasured = (question: Question, nowMs: number): Answer | undefined =>
  question.ask === "gate" && question.gate.gate === "freeze" ? told("pass", nowMs) : undefined;
const told = (verdict: Answer["verdict"], nowMs: number): Answer => ({ verdict, because: `told ${verdict}`, atMs: nowMs });

describe("1: no traffic is no proof", () => {
  test("a watch that has seen too little holds the canary, and in the end takes it back", () => {
    const tried = attempt(canary, {
      requestsPerSecond: 0,
      answer: (question, nowMs) => (isWatch(question) ? told("inconclusive", nowMs) : passing(question, nowMs)),
    });
    expect(steps(tried)).toEqual(["start", "5%"]);
    expect(tried.run.because).toMatch(/"error rate of api above 2% over 5m" failed: no answer in 10 min \(told inconclusive\)/);
    expect(shareOf(tried, "api")).toEqual(all("api-1"));
  });

  test("a comparison without requests does not pass", () => {
    const tried = attempt({ ...canary, compare: {} }, { requestsPerSecond: 0 });
    expect(tried.run.because).toMatch(/no answer in 10 min \(api: the new revision has had no requests yet\)/);
    expect(tried.run.phase).toBe("degraded");
  });
});

test("2: counting begins a warm-up after traffic has arrived, not with the step", () => {
  let first: Release | undefined;
  attempt(canary, {
    until: (run) => {
      const state = run.compared["api"] as { windowSinceMs?: number } | undefined;
      if (state?.windowSinceMs !== undefined) first ??= run;
      return first !== undefined;
    },
  });
  const state = first?.compared["api"] as { trafficSinceMs: number; windowSinceMs: number };
  expect(state.trafficSinceMs).toBeGreaterThan(first?.stepSinceMs ?? Infinity);
  expect(state.windowSinceMs - state.trafficSinceMs).toBeGreaterThanOrEqual(minuteMs);
});

test("3: an old revision that still has traffic is not put to rest, however long it takes to move", () => {
  const isRest = (effect: Effect) => effect.effect === "rest" && effect.revision === "api-1";
  const changes = [changeOf("api")];
  const inner = createSimulatedTarget({ serving: { api: { revision: "api-1", replicas: 2 } } });
  // A gateway that loses every change of weights.
  const deaf: SimulatedTarget = {
    ...inner,
    carryOut: (effects) => inner.carryOut(effects.filter(({ effect }) => effect !== "route")),
  };
  const tried = attempt({ strategy: "blue-green" }, { changes, target: deaf });
  expect(tried.effects.filter(isRest)).toEqual([]);
  expect(tried.run.because).toMatch(/did not get their share/);
  expect(shareOf(tried, "api")).toEqual(all("api-1"));
});

describe("4: the way back leads to capacity that is there", () => {
  test.each(["recreate", "rolling"])("%s: the old revision is started first, and traffic moves when it is ready", (strategy) => {
    const tried = attempt(
      { strategy, ...(strategy === "rolling" ? { surge: 0, unavailable: 2 } : {}), rollbackWindow: "1h" },
      {
        commands: [command("abort", 10 * minuteMs)],
        behaviours: { "api-1": { readyAfterMs: 20_000 }, "api-2": { readyAfterMs: 1_000 } },
      },
    );
    const atMs = tried.run.record.find(({ what }) => what === "is back")?.atMs ?? 0;
    expect(atMs).toBeGreaterThanOrEqual(10 * minuteMs + 20_000);
    expect(shareOf(tried, "api")).toEqual(all("api-1"));
    expect(stateOf(tried, "api", "api-2")).toBe("idle");
  });

  test("it gets as much as is back, and the rest when that is", () => {
    const changes = [changeOf("api", { replicas: 4 })];
    const halves: number[] = [];
    attempt(
      { strategy: "rolling", surge: 1 },
      {
        changes,
        commands: [command("abort", 5 * minuteMs)],
        behaviours: { "api-1": { readyAfterMs: 0, loses: [{ fromMs: 5 * minuteMs, untilMs: 6 * minuteMs }] } },
        check: ({ advanced }) => {
          for (const effect of advanced.effects)
            if (effect.effect === "route" && advanced.run.phase === "reverting")
              halves.push(effect.shares.find(({ revision }) => revision === "api-1")?.weightPercent ?? 0);
        },
      },
    );
    expect(halves).toContain(75);
    expect(halves.at(-1)).toBe(100);
  });
});

test("5: where the old revision is down, the new one is not stuck behind it", () => {
  const tried = attempt(canary, { behaviours: { "api-1": { readyAfterMs: 1_000, crashesAfterMs: minuteMs, givesUpAfter: 1 } } });
  expect(tried.run.phase).toBe("healthy");
  expect(shareOf(tried, "api")).toEqual(all("api-2"));
});

test("5: and where what was before does not come back, traffic stays with what serves, and nobody is told that it is back", () => {
  const tried = attempt(
    { strategy: "rolling", surge: 0, unavailable: 2, rollbackWindow: "1h" },
    { commands: [command("abort", 10 * minuteMs)], behaviours: { "api-1": {}, "api-2": { readyAfterMs: 1_000 } } },
  );
  expect([tried.run.phase, tried.run.stuck, shareOf(tried, "api")]).toEqual(["degraded", true, all("api-2")]);
  expect(tried.run.because).toMatch(/^ada aborted it; what was before did not become ready: api \(api-1\)/);
  expect(tried.notices.at(-1)).toMatchObject({
    moment: "failed",
    title: "Release of api v2 to prod failed and could not be taken back",
  });
});

describe("6: an abort is heard at every step, and harms nothing", () => {
  test.each([0, 1_000, 3_000, 5 * minuteMs, 18 * minuteMs, 31 * minuteMs, 60 * minuteMs])("after %i ms", (atMs) => {
    const strategy = { ...canary, before: [migrate] };
    const tried = attempt(strategy, {
      commands: [command("abort", atMs), command("abort", atMs + 1), command("promote", atMs + 2)],
    });
    expect([tried.run.phase, shareOf(tried, "api")]).toEqual(["degraded", all("api-1")]);
    expect(["idle", undefined]).toContain(stateOf(tried, "api", "api-2"));
    expect(tried.replies[0]?.ok).toBe(true);
    expect(tried.replies[2]?.ok).toBe(false);
  });
});

test("7: a canary that never becomes ready is at rest after its deadline", () => {
  const tried = attempt(canary, { behaviours: { "api-2": {} } });
  expect(tried.run.because).toBe("api v2 was not ready in 10 min");
  expect(stateOf(tried, "api", "api-2")).toBe("idle");
  expect(tried.nowMs).toBeLessThan(11 * minuteMs);
});

test("8: it goes back to the very revision that was before, which is code and configuration in one", () => {
  const changes = [changeOf("api", { from: "api-7f-c1", to: "api-7f-c2" })];
  const tried = attempt(canary, { changes, commands: [command("abort", 5 * minuteMs)] });
  expect(shareOf(tried, "api")).toEqual(all("api-7f-c1"));
  expect(tried.effects.every((effect) => !("revision" in effect) || ["api-7f-c1", "api-7f-c2"].includes(effect.revision))).toBe(
    true,
  );
});

describe("9: several services go together", () => {
  const changes = [changeOf("web"), changeOf("api"), changeOf("jobs")];

  test("none gets traffic before all are ready, and whoever is needed starts first", () => {
    const tried = attempt(canary, { changes, behaviours: { "api-2": { readyAfterMs: minuteMs } } });
    const first = (name: Effect["effect"], revision: string) =>
      tried.effects.findIndex((effect) => effect.effect === name && "revision" in effect && effect.revision === revision);
    expect(first("start", "api-2")).toBeLessThan(first("start", "web-2"));
    expect(first("start", "web-2")).toBeLessThan(first("start", "jobs-2"));
    const stood = tried.run.record.find(({ what }) => what.includes("have 5%"));
    expect(stood?.atMs).toBeGreaterThanOrEqual(minuteMs);
  });

  test("where one fails, all go back", () => {
    const tried = attempt(canary, { changes, behaviours: { "jobs-2": { readyAfterMs: 100, crashesAfterMs: 1_000 } } });
    expect(tried.run.because).toMatch(/^jobs v2 was restarted \d times/);
    for (const service of ["api", "web"]) expect(shareOf(tried, service)).toEqual(all(`${service}-1`));
    expect(stateOf(tried, "jobs", "jobs-1")).toBe("ready");
    for (const { service, to } of changes) expect(stateOf(tried, service, to)).toBe("idle");
  });
});

test("10: users who stay on a side are others in each release, and what was answered is counted, not what was meant to be", () => {
  const salts = (tried: Tried) =>
    new Set(tried.effects.flatMap((effect) => (effect.effect === "route" && effect.salt ? [effect.salt] : [])));
  const one = attempt(canary);
  const other = attempt(canary, { release: (run) => ({ ...run, id: "rel-2" }) });
  expect([...salts(one), ...salts(other)]).toEqual(["rel-1", "rel-2"]);
  expect(one.run.exposure["api"]?.requests).toBe(
    one.target.observe([{ ask: "traffic", service: "api", revisions: ["api-2"] }], () => undefined).traffic["api"]?.["api-2"]
      ?.requests,
  );
});

test("a freeze that somebody begins stops what is on its way before it gets more traffic, and what nobody can look up holds it", () => {
  const frozen = (verdict: Answer["verdict"], fromMs: number) => (question: Question, nowMs: number) =>
    question.ask === "gate" && question.gate.gate === "freeze" && nowMs >= fromMs
      ? told(verdict, nowMs)
      : passing(question, nowMs);
  const stopped = attempt(canary, { answer: frozen("fail", 10 * minuteMs) });
  expect([steps(stopped), stopped.run.phase]).toEqual([["start", "5%"], "degraded"]);
  expect(stopped.run.because).toBe('"no freeze stops this promote" failed: told fail');
  const held = attempt(canary, { answer: frozen("inconclusive", 10 * minuteMs), untilMs: 20 * minuteMs });
  expect([steps(held), held.run.phase]).toEqual([["start", "5%"], "progressing"]);
  const migrates = attempt(
    { ...canary, requires: [approval], before: [migrate] },
    {
      answer: frozen("fail", 2 * minuteMs),
      commands: [command("approve", 5 * minuteMs, { step: 0, roles: ["ops"] })],
    },
  );
  expect([steps(migrates), migrates.run.because]).toEqual([["before"], '"no freeze stops this migrate" failed: told fail']);
});

describe("11: approvals", () => {
  const strategy = { ...canary, steps: [{ to: "50%", bake: "1m", requires: [approval] }] };
  const roles = ["ops"];

  test("nobody says anything: it expires, and goes back", () => {
    const tried = attempt(strategy);
    expect(tried.run.because).toBe('"ops approve" failed: nobody of ops approved in 2 h');
    expect(tried.notices.filter(({ moment }) => moment === "waiting")).toHaveLength(1);
  });

  test("one click is enough, and carries the step that was seen", () => {
    const tried = attempt(strategy, { commands: [command("approve", 10 * minuteMs, { step: 1, roles })] });
    expect([tried.run.phase, tried.replies]).toEqual(["healthy", [expect.objectContaining({ ok: true })]]);
  });

  test("of a yes and a no in the same moment the first is heard", () => {
    const at = 10 * minuteMs;
    const yesFirst = attempt(strategy, {
      commands: [command("approve", at, { step: 1, roles }), command("reject", at, { step: 1, roles })],
    });
    expect(yesFirst.run.phase).toBe("healthy");
    expect(yesFirst.replies.map(({ ok }) => ok)).toEqual([true, false]);
    const noFirst = attempt(strategy, {
      commands: [command("reject", at, { step: 1, roles }), command("approve", at, { step: 1, roles })],
    });
    expect(noFirst.run.phase).toBe("degraded");
    expect(noFirst.replies.map(({ ok }) => ok)).toEqual([true, false]);
  });

  test.each([
    ["a stale click", { step: 0, roles }, /was about step 1/],
    ["a click that does not say what was seen", { roles }, /say which step/],
    ["somebody without the role", { step: 1, roles: ["dev"] }, /asks for ops/],
    ["a machine", { step: 1, roles, by: { kind: "automation", name: "bot" } as const }, /a person has to say/],
  ])("%s does nothing", (_, more, because) => {
    const tried = attempt(strategy, {
      commands: [command("approve", 10 * minuteMs, more)],
      until: ({ phase }) => phase === "reverting",
    });
    expect(tried.replies).toEqual([expect.objectContaining({ ok: false, because: expect.stringMatching(because) as string })]);
    expect(tried.run.because).toMatch(/nobody of ops approved/);
  });

  test("two people are two people", () => {
    const two = { ...strategy, steps: [{ to: "50%", bake: "1m", requires: [{ ...approval, people: 2 }] }] };
    const said = (atMs: number, name: string) => command("approve", atMs, { step: 1, roles, by: { kind: "person", name } });
    const tried = attempt(two, { commands: [said(5 * minuteMs, "ada"), said(6 * minuteMs, "ada"), said(9 * minuteMs, "grace")] });
    const entered = tried.run.record.find(({ what }) => what === "step 100%");
    expect(entered?.atMs).toBeGreaterThanOrEqual(9 * minuteMs);
    expect(tried.run.phase).toBe("healthy");
    // Each yes has a question of its own, so that one link is not two.
    const asks = tried.notices.filter(({ moment }) => moment === "waiting").map((one) => [one.asks?.given, one.text]);
    expect(asks.map(([given]) => given)).toEqual([0, 1]);
    expect(asks[1]?.[1]).toMatch(/^ada has approved: 1 of 2/);
  });

  test("no is no", () => {
    const tried = attempt(strategy, {
      commands: [command("reject", 10 * minuteMs, { step: 1, roles, reason: "not on a Friday" })],
    });
    expect([tried.run.phase, tried.run.because]).toEqual(["degraded", "ada rejected it: not on a Friday"]);
  });

  test.each(["waiting", "paused"])("while it is %s, a breach takes it back all the same", (state) => {
    const tried = attempt(strategy, {
      commands: state === "paused" ? [command("pause", 5 * minuteMs)] : [],
      answer: (question, nowMs) => told(isWatch(question) && nowMs > 20 * minuteMs ? "fail" : "pass", nowMs),
    });
    expect(tried.run.because).toBe("error rate of api above 2% over 5m: told fail");
    expect(tried.nowMs).toBeLessThan(21 * minuteMs);
  });
});

describe("12: in an emergency", () => {
  test("promote --full needs a reason, skips what is left, and is on record with who and why", () => {
    const by = { kind: "person", name: "grace" } as const;
    const tried = attempt(canary, {
      commands: [
        command("promote-full", 60_000, { by }),
        command("promote-full", 61_000, { by, reason: "customers cannot log in" }),
      ],
      answer: () => undefined,
    });
    expect(tried.replies.map(({ ok }) => ok)).toEqual([false, true]);
    expect(tried.run.record.find(({ what }) => what === "step verify")?.atMs).toBeLessThan(70_000);
    expect(tried.events).toContainEqual(
      expect.objectContaining({ kind: "release.promoted-full", actor: by, because: "customers cannot log in" }),
    );
    expect(tried.run.phase).toBe("healthy");
  });

  test("the same version can be tried again, with tasks of its own", () => {
    const strategy = { ...canary, before: [migrate] };
    const first = attempt(strategy, {
      answer: (question, nowMs) => told(isWatch(question) ? "fail" : "pass", nowMs),
    });
    expect([first.run.phase, whyNotRetry(first.run, { api: "api-1" })]).toEqual(["degraded", undefined]);
    const { target } = first;
    const again = beginRetry(first.run, { id: "rel-2", startedBy: first.run.startedBy, nowMs: first.nowMs });
    const second = drive(again, { target });
    expect([second.run.phase, second.run.attempt, shareOf({ ...second, target }, "api")]).toEqual(["healthy", 2, all("api-2")]);
    expect(target.begun()).toEqual(["rel-1/0/migrate db", "rel-2/0/migrate db"]);
  });

  test("not where something else serves by now, nor what was not taken back", () => {
    const { run } = attempt(canary, { commands: [command("abort", 5 * minuteMs)] });
    expect(whyNotRetry(run, { api: "api-3" })).toBe("something else serves api now; release it anew");
    expect(whyNotRetry({ ...run, phase: "healthy" }, { api: "api-2" })).toMatch(/only what was taken back/);
  });
});

describe("13: whoever should know of a rollback does", () => {
  test("a notice says why, and how many it hit; the log has who, what, why and the evidence", () => {
    const tried = attempt(canary, {
      behaviours: { "api-2": { readyAfterMs: 1_000, errorShare: 0.5 } },
      answer: (question, nowMs) => told(isWatch(question) && nowMs > minuteMs ? "fail" : "pass", nowMs),
    });
    expect(tried.notices.map(({ moment }) => moment)).toEqual(["started", "rolled back"]);
    expect(tried.notices.at(-1)?.text).toMatch(/told fail\. \d+ of \d+ requests to api failed\.$/);
    expect(tried.events.find(({ kind }) => kind === "release.reverting")).toMatchObject({
      actor: { kind: "automation" },
      because: "error rate of api above 2% over 5m: told fail",
      data: { answer: { verdict: "fail" } },
    });
    const { requests = 0, errors = 0 } = tried.run.exposure["api"] ?? {};
    expect(errors).toBe(Math.floor(requests / 2));
  });

  test("where users are known again, it says how many of them; those of another release are not counted", () => {
    const inner = createSimulatedTarget({
      serving: { api: { revision: "api-1", replicas: 1 } },
      behaviours: { "api-2": { readyAfterMs: 1_000, errorShare: 0.5 } },
    });
    const dividedBy = (salt: string): SimulatedTarget => ({
      ...inner,
      observe: (questions, answer) => {
        const seen = inner.observe(questions, answer);
        const api = seen.traffic["api"]?.["api-2"];
        if (api === undefined) return seen;
        return { ...seen, traffic: { api: { "api-2": { ...api, users: { salt, seen: 63, failed: 5 } } } } };
      },
    });
    const answer = (question: Question, nowMs: number) => told(isWatch(question) && nowMs > minuteMs ? "fail" : "pass", nowMs);
    expect(attempt(canary, { target: dividedBy("rel-1"), answer }).notices.at(-1)?.text).toMatch(
      /requests to api failed, for 5 of 63 known users\.$/,
    );
    expect(attempt(canary, { target: dividedBy("rel-0"), answer }).run.exposure["api"]?.users).toBeUndefined();
  });

  test("a migration that runs is told to stop when its release is taken back", () => {
    const target = createSimulatedTarget({
      serving: { api: { revision: "api-1", replicas: 1 } },
      tasks: () => ({ lastsMs: 30 * minuteMs, state: "passed" }),
    });
    const tried = attempt({ ...canary, before: [migrate] }, { target, commands: [command("abort", minuteMs)] });
    expect(tried.effects).toContainEqual({ effect: "cancel", task: "rel-1/0/migrate db" });
    expect(tried.effects.some(({ effect }) => effect === "start")).toBe(false);
    expect(tried.notices.at(-1)).toMatchObject({
      moment: "failed",
      title: "Not released: api v2 to prod",
      text: "ada aborted it",
    });
  });
});

test("14: whatever does not become healthy says why, with its last lines", () => {
  const target = createSimulatedTarget({
    serving: { api: { revision: "api-1", replicas: 1 } },
    behaviours: { "api-2": { readyAfterMs: 10, crashesAfterMs: 10, givesUpAfter: 2 } },
  });
  const failed = { reason: "exit status 1", tail: ["DATABASE_URL is not set"] };
  const talking: SimulatedTarget = {
    ...target,
    observe: (questions, answer) => {
      const seen = target.observe(questions, answer);
      const api = seen.services["api"];
      const found = api?.revisions["api-2"];
      if (api === undefined || found?.state !== "failed") return seen;
      return { ...seen, services: { api: { ...api, revisions: { ...api.revisions, "api-2": { ...found, ...failed } } } } };
    },
  };
  const tried = attempt({ strategy: "blue-green" }, { target: talking });
  expect(tried.run.because).toBe("api v2 failed: exit status 1");
  expect(tried.events.find(({ kind }) => kind === "release.reverting")?.data).toMatchObject({
    tail: ["DATABASE_URL is not set"],
  });
});

describe("15: what was never measured is no success", () => {
  test("a bake that a person cuts short still waits for its gates", () => {
    const tried = attempt(
      { ...canary, after: [errorsAbove, healthOf("api")] },
      {
        commands: [command("promote", minuteMs, { step: 1 })],
        answer: unmeasured,
      },
    );
    expect(tried.replies).toEqual([expect.objectContaining({ ok: true })]);
    expect(steps(tried)).toEqual(["start", "5%"]);
    expect(tried.run.because).toMatch(/no answer in/);
  });

  test("it may be skipped, by somebody who says why", () => {
    const skip = (atMs: number, reason?: string) =>
      command("skip", atMs, { step: 1, ...(reason === undefined ? {} : { reason }) });
    const tried = attempt(canary, {
      commands: [
        command("promote", minuteMs, { step: 1 }),
        skip(2 * minuteMs),
        skip(2 * minuteMs + 1, "metrics are down, seen by eye"),
      ],
      answer: unmeasured,
      until: ({ at }) => at === 2,
    });
    expect(tried.replies.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(tried.events.find(({ kind }) => kind === "release.skipped")).toMatchObject({
      because: "metrics are down, seen by eye",
      actor: { name: "ada" },
    });
    expect(tried.run.at).toBe(2);
  });
});
