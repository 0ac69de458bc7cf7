import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { beginDay, dayOf, daysEnded, stopped } from "../support/game-days.ts";
import { type Project, makeProject, until } from "../support/platform.ts";
import { has } from "../support/programs.ts";
import { serving } from "../support/releases.ts";

// Each fault that is not in game-days.test.ts, as it really happens. Environments of one platform have theirs side by side, one of each
// at a time.

const withRedis = has("redis-server") || has("valkey-server");
const within = { timeout: 240_000 };

let project: Project;
beforeAll(async () => {
  project = makeProject("played");
  const staging = await project.run("up", "staging", "--speed", "60");
  expect(staging.status, staging.err).toBe(0);
  const trusting = await project.run("up", "trusting");
  expect(trusting.status, trusting.err).toBe(0);
  const kept = withRedis ? await project.run("up", "kept") : undefined;
  expect(kept?.status ?? 0, kept?.err).toBe(0);
}, 120_000);
afterAll(() => project.remove(), 60_000);

/** One after the other, whatever became of those before. */
function inTurn() {
  let last: Promise<unknown> = Promise.resolve();
  return <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work, work);
    last = done.catch(() => undefined);
    return done;
  };
}
const inStaging = inTurn();
const inKept = inTurn();

describe.concurrent("in what runs", () => {
  test("answers that take longer, and a dependency that fails: so many, so long, and no longer", within, () =>
    inStaging(async () => {
      const asked = "staging api --fault latency=x3 --fault dependency=30% --path /slow --for 3s --traffic 30rps";
      const { status, err, day } = await dayOf(project, asked, "-x", "errors > 10%");
      expect([status, err, day.ok, day.recovered.not]).toEqual([0, "", true, []]);
      const [late, failed] = day.faults;
      expect([late?.text, failed?.text]).toEqual(["latency=x3", "dependency=30%"]);
      expect(failed?.hits).toBeGreaterThan(0);
      // Some more may fail between the last look at it and its end.
      expect(day.during.failed).toBeGreaterThanOrEqual(failed?.hits ?? 0);
      expect(day.during.failed).toBeLessThan(day.during.requests / 2);
      // What failed came at once; of the others each was held for twice the 80 ms that it took.
      expect(late?.hits).toBeGreaterThan(day.during.requests / 2);
      expect(day.during.p95Ms).toBeGreaterThanOrEqual(240);
      expect(day.after.failed).toBe(0);
      expect(day.release).toBeUndefined();
    }),
  );

  test("one that is killed and cannot start for as long as it lasts starts when it is over", within, () =>
    inStaging(async () => {
      const { status, day } = await dayOf(
        project,
        "staging api --fault api:kill --fault crash-at-start --for 3s --traffic 30rps",
      );
      expect([status, day.recovered.not]).toEqual([0, []]);
      expect(day.faults).toMatchObject([{ hits: 1 }, { text: "crash-at-start", active: true }]);
      expect(day.faults[1]?.hits).toBeGreaterThan(0);
    }),
  );

  // What serves for a while and dies fails requests as well: whichever the policy notices first is its reason.
  test.each([
    ["crash-at-start", /was restarted 4 times|ended \d+ times in a row/, 4, 0],
    ["crash@60s", /was restarted 4 times|ended \d+ times in a row|answered with a 5xx/, 1, 1],
  ])("a release with %s is taken back as its rehearsal says", within, (fault, reason, hits, least) =>
    inStaging(async () => {
      const before = await serving(project, "staging", "api");
      const { status, day } = await dayOf(project, `staging api --fault ${fault} --release --traffic 30rps`);
      expect([status, day.surprises, day.release?.takenBack, day.recovered.not]).toEqual([0, [], true, []]);
      expect(day.hypothesis?.takenBack.from).toBeGreaterThan(0.9);
      expect(day.release?.because).toMatch(reason);
      expect(day.faults.map(({ text }) => text)).toEqual([fault]);
      expect(day.faults[0]?.hits).toBeGreaterThanOrEqual(hits);
      expect(day.release?.exposure["api"]?.requests ?? 0).toBeGreaterThanOrEqual(least);
      expect(await serving(project, "staging", "api")).toEqual(before);
    }),
  );

  test("what the policy lets through somebody has to take back, for as long as the exercise says", within, async () => {
    const of = () => serving(project, "trusting", "api");
    const before = await of();
    const going = dayOf(project, "trusting --exercise", "by hand");
    const released = until(
      "all traffic is on what was released",
      of,
      (found) => Object.values(found).includes(100) && JSON.stringify(found) !== JSON.stringify(before),
      60_000,
    );
    expect(await Promise.race([released, going.then(({ day }) => day)])).not.toHaveProperty("verdicts");
    const back = await project.run("rollback", "api", "--to", "trusting", "--reason", "it is slow");
    expect(back.status, back.err).toBe(0);
    const { status, day } = await going;
    expect([status, day.verdicts, day.recovered.not]).toEqual([
      0,
      [{ expectation: "it goes back", verdict: "pass", because: expect.stringMatching(/^by hand: /) as string }],
      [],
    ]);
    expect(day.release?.takenBack).toBe(false);
    expect(await of()).toEqual(before);
  });
});

(withRedis ? describe.concurrent : describe.skip)(
  "in what has a process of its own (needs redis-server or valkey-server)",
  () => {
    test("a cache that is killed, stands still, is gone for a while, and is slow", within, () =>
      inKept(async () => {
        const faults = ["cache:kill", "cache:pause@2s+1s", "cache:down@4s+1s", "cache:slow=200ms@6s+1s"];
        const given = faults.flatMap((fault) => ["--fault", fault]);
        const { status, day } = await dayOf(project, "kept board --for 8s --traffic 30rps", ...given, "-x", "errors > 1%");
        expect([status, day.recovered.not, day.verdicts[0]?.verdict]).toEqual([0, [], "pass"]);
        expect(day.faults.map(({ text }) => text)).toEqual(faults);
        const [killed, paused, down, slow] = day.faults.map(({ hits }) => hits);
        expect([killed, paused]).toEqual([1, 1]);
        expect(down).toBeGreaterThanOrEqual(1);
        expect(slow).toBeGreaterThanOrEqual(2);
        expect(day.after.failed).toBe(0);
      }),
    );

    test("each time it has become ready it crashes again, until it is over", within, () =>
      inKept(async () => {
        const { status, day } = await dayOf(project, "kept board --fault board:crash@1s --for 5s --traffic 30rps");
        expect([status, day.recovered.not]).toEqual([0, []]);
        expect(day.faults[0]?.hits).toBeGreaterThanOrEqual(2);
      }),
    );

    test.each([
      ["SIGINT", 130],
      ["SIGKILL", null],
    ] as const)("%s in the middle of it: what stood still goes on, and what failed answers", within, (signal, status) =>
      inKept(async () => {
        const before = await daysEnded(project, "kept");
        const { child, ended } = beginDay(
          project,
          "kept board --fault cache:pause --fault board:pause --fault board:dependency=50% --fault board:latency=x5 --for 10m --traffic 30rps",
        );
        await until(
          "both stand still",
          () => stopped(project),
          ({ length }) => length === 2,
        );
        child.kill(signal);
        const { status: exit, out } = await ended;
        expect(exit).toBe(status);
        if (signal === "SIGINT")
          expect(JSON.parse(out)).toMatchObject({ ok: false, isWhole: false, recovered: { not: [] }, after: { failed: 0 } });
        await until(
          "nothing stands still",
          () => stopped(project),
          ({ length }) => length === 0,
        );
        await until(
          "the game day is over",
          () => daysEnded(project, "kept"),
          (found) => found === before + 1,
        );
        const load = await project.json<{ due: number; failed: number }>("load", "kept", "--rps", "30", "--for", "1s");
        expect([load.due > 0, load.failed]).toEqual([true, 0]);
      }),
    );
  },
);
