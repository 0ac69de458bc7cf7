import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { AlertRule } from "../rules/ruleset.ts";
import { advanceAlerts } from "./advance.ts";
import { type AlertState, noAlerts } from "./alert-state.ts";
import { type Desk, type Notice, emptyDesk } from "./desk.ts";
import { type Telling, acknowledge, advanceNotices } from "./notices.ts";
import type { Silence } from "./silence.ts";

const rule = (id: string, more: Partial<AlertRule> = {}): AlertRule => ({
  kind: "alert",
  name: id,
  id,
  expr: "x > 0",
  forMs: 0,
  keepFiringMs: 0,
  everyMs: 30_000,
  severity: "high",
  to: ["ops"],
  summary: id,
  labels: { of: "services.api" },
  path: [],
  ...more,
});

const errors = rule("Errors", { severity: "critical", to: ["pager", "ops"] });
const slow = rule("Slow", { severity: "warning" });
const full = rule("Full", { severity: "high" });
const other = rule("Other", { severity: "warning", labels: { of: "services.web" } });
const rules = [errors, slow, full, other];
const telling: Telling = { product: "shop", environment: "prod", rules: new Map(rules.map((one) => [one.id, one])) };

const minuteMs = 60_000;

/** A product whose alerts are set by hand, minute by minute. */
function createScene(desk: Desk = emptyDesk) {
  let state: AlertState = noAlerts;
  let nowMs = 0;
  return {
    at: (minutes: number, firing: Readonly<Record<string, readonly string[]>>): readonly Notice[] => {
      nowMs = minutes * minuteMs;
      const results = rules.map((one) => ({
        rule: one,
        outcome: { ok: true as const, vector: (firing[one.id] ?? []).map((replica) => ({ labels: { replica }, value: 1 })) },
      }));
      state = advanceAlerts(state, results, nowMs).state;
      const next = advanceNotices(desk, state, nowMs, telling);
      desk = next.desk;
      return next.notices;
    },
    silence: (silence: Silence) => void (desk = { ...desk, silences: { ...desk.silences, [silence.id]: silence } }),
    acknowledge: (id: string): readonly Notice[] => {
      const alert = Object.values(state.alerts).find((one) => one.rule === id && one.phase === "firing");
      const done = alert && acknowledge(desk, state, { fingerprint: alert.fingerprint, by: "ana", nowMs }, telling);
      if (done) ({ desk } = done);
      return done?.notices ?? [];
    },
    desk: () => desk,
  };
}

const short = (notices: readonly Notice[]): readonly string[] =>
  notices
    .map(
      ({ channel, status, again, group, alerts }) =>
        `${channel}: ${group.alert} ${status}${again ? " still" : ""} ${alerts.map(({ labels }) => labels["replica"]).join(",")}`,
    )
    .toSorted();

const silenceOf = (more: Partial<Silence> = {}): Silence => ({
  id: "s1",
  matchers: [{ name: "alertname", op: "=", value: "Slow" }],
  fromMs: 0,
  untilMs: 100 * minuteMs,
  author: "ana",
  reason: "known",
  ...more,
});

describe("telling", () => {
  test("a firing is told once to each channel, and so is its end", () => {
    const scene = createScene();
    expect(short(scene.at(1, { Errors: ["1"] }))).toEqual(["ops: Errors firing 1", "pager: Errors firing 1"]);
    expect(scene.at(2, { Errors: ["1"] })).toEqual([]);
    expect(short(scene.at(3, {}))).toEqual(["ops: Errors resolved 1", "pager: Errors resolved 1"]);
    expect(scene.at(4, {})).toEqual([]);
  });

  test("its key stays the same from firing to end, and differs between environments", () => {
    const scene = createScene();
    const [first] = scene.at(1, { Full: ["1"] });
    const [last] = scene.at(5, {});
    expect(first?.alerts[0]?.dedupKey).toBe(last?.alerts[0]?.dedupKey);
    expect(first?.alerts[0]?.dedupKey).toMatch(/^shop\/prod\/Full\/[0-9a-f]{16}$/);
    expect(first?.id).not.toBe(last?.id);
  });

  test("what fires together is told together; what comes soon after waits for the group", () => {
    const scene = createScene();
    expect(short(scene.at(1, { Full: ["1", "2"] }))).toEqual([expect.stringMatching(/^ops: Full firing (1,2|2,1)$/)]);
    expect(scene.at(1.5, { Full: ["1", "2", "3"] })).toEqual([]);
    const [later] = scene.at(2.1, { Full: ["1", "2", "3"] });
    expect(later).toMatchObject({ others: 2, alerts: [{ labels: { replica: "3" } }] });
  });

  test("what is critical waits for nobody", () => {
    const scene = createScene();
    scene.at(1, { Errors: ["1"] });
    expect(short(scene.at(1.1, { Errors: ["1", "2"] }))).toEqual(["ops: Errors firing 2", "pager: Errors firing 2"]);
  });

  test("what still fires after hours is told again, unless somebody has it in hand", () => {
    const scene = createScene();
    scene.at(1, { Full: ["1"] });
    expect(short(scene.at(241, { Full: ["1"] }))).toEqual(["ops: Full firing still 1"]);
    expect(short(scene.acknowledge("Full"))).toEqual(["ops: Full acknowledged 1"]);
    expect(scene.at(600, { Full: ["1"] })).toEqual([]);
  });

  test("an acknowledgement dies with its alert", () => {
    const scene = createScene();
    scene.at(1, { Full: ["1"] });
    scene.acknowledge("Full");
    expect(short(scene.at(3, {}))).toEqual(["ops: Full resolved 1"]);
    expect(scene.desk().acknowledged).toEqual({});
    expect(short(scene.at(6, { Full: ["1"] }))).toEqual(["ops: Full firing 1"]);
  });
});

describe("inhibition", () => {
  test("a critical alert speaks for the warnings of the same thing, and of nothing else", () => {
    const scene = createScene();
    expect(short(scene.at(1, { Errors: ["1"], Slow: ["1"], Full: ["1"], Other: ["1"] }))).toEqual([
      "ops: Errors firing 1",
      "ops: Full firing 1",
      "ops: Other firing 1",
      "pager: Errors firing 1",
    ]);
    expect(short(scene.at(3, { Slow: ["1"], Full: ["1"], Other: ["1"] }))).toContain("ops: Slow firing 1");
  });

  test("one that is silenced speaks for none", () => {
    const scene = createScene();
    scene.silence(silenceOf({ matchers: [{ name: "alertname", op: "=", value: "Errors" }] }));
    expect(short(scene.at(1, { Errors: ["1"], Slow: ["1"] }))).toEqual(["ops: Slow firing 1"]);
  });
});

describe("silences", () => {
  test("what still fires when a silence ends is told then", () => {
    const scene = createScene();
    scene.silence(silenceOf());
    expect(scene.at(1, { Slow: ["1"] })).toEqual([]);
    expect(scene.at(99, { Slow: ["1"] })).toEqual([]);
    expect(short(scene.at(100, { Slow: ["1"] }))).toEqual(["ops: Slow firing 1"]);
  });

  test("who was told of a firing is told of its end in spite of a silence", () => {
    const scene = createScene();
    scene.at(1, { Slow: ["1"] });
    scene.silence(silenceOf());
    expect(short(scene.at(50, {}))).toEqual(["ops: Slow resolved 1"]);
  });

  test("what began and ended in silence is never told", () => {
    const scene = createScene();
    scene.silence(silenceOf());
    expect([...scene.at(1, { Slow: ["1"] }), ...scene.at(2, {}), ...scene.at(101, {})]).toEqual([]);
  });

  test("a silence can be for an environment", () => {
    const scene = createScene();
    scene.silence(silenceOf({ matchers: [{ name: "environment", op: "=~", value: "pro.*" }] }));
    expect(scene.at(1, { Errors: ["1"] })).toEqual([]);
  });
});

describe("whatever happens", () => {
  const step = fc.record({
    minutes: fc.integer({ min: 1, max: 200 }),
    firing: fc.record({
      Errors: fc.subarray(["1", "2"]),
      Slow: fc.subarray(["1", "2"]),
      Full: fc.subarray(["1"]),
      Other: fc.subarray(["1"]),
    }),
    silenced: fc.option(fc.constantFrom("Errors", "Slow", "Full", "Other"), { freq: 4 }),
    acknowledged: fc.option(fc.constantFrom("Errors", "Slow", "Full"), { freq: 6 }),
  });

  test("each channel hears firing and end in turn; when all is quiet nothing is left open, and when silences are over nothing untold", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const scene = createScene();
        const open = new Set<string>();
        const ids = new Set<string>();
        const hear = (notices: readonly Notice[]) => {
          for (const { id, channel, status, again, alerts } of notices) {
            expect(ids.has(id)).toBe(false);
            ids.add(id);
            for (const { dedupKey } of alerts) {
              const key = `${channel} ${dedupKey}`;
              if (status === "firing") expect(open.has(key)).toBe(again);
              else expect(open.has(key)).toBe(true);
              if (status === "resolved") open.delete(key);
              else open.add(key);
            }
          }
        };
        let minutes = 0;
        let last: (typeof steps)[number]["firing"] = { Errors: [], Slow: [], Full: [], Other: [] };
        for (const [index, one] of steps.entries()) {
          minutes += one.minutes;
          if (one.silenced !== null)
            scene.silence(
              silenceOf({
                id: `s${index}`,
                matchers: [{ name: "alertname", op: "=", value: one.silenced }],
                fromMs: minutes * minuteMs,
                untilMs: (minutes + 150) * minuteMs,
              }),
            );
          hear(scene.at(minutes, one.firing));
          if (one.acknowledged !== null) hear(scene.acknowledge(one.acknowledged));
          last = one.firing;
        }
        // All silences are over: whatever fires and is not spoken for or in hand is known to its channels.
        minutes += 200;
        hear(scene.at(minutes, last));
        hear(scene.at(minutes + 2, last));
        const spoken = last.Errors.length > 0 ? ["Slow"] : [];
        const inHand = new Set(Object.keys(scene.desk().acknowledged));
        const told = scene.desk().told;
        for (const [id, replicas] of Object.entries(last))
          if (!spoken.includes(id) && inHand.size === 0)
            for (const channel of telling.rules.get(id)?.to ?? [])
              expect(Object.values(told[channel] ?? {}).filter(({ group }) => group === id)).toHaveLength(replicas.length);
        hear(scene.at(minutes + 5, {}));
        hear(scene.at(minutes + 7, {}));
        expect([...open]).toEqual([]);
        expect(scene.desk().told).toEqual({});
      }),
    );
  });
});
