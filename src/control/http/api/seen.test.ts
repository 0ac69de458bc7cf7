import { beforeEach, expect, test } from "vitest";
import type { Heard } from "../../../store/bell.ts";
import type { EnvironmentRow } from "../../../store/environments.ts";
import type { Control } from "../../control.ts";
import { type Seen, createSeen } from "./seen.ts";
import { writtenOf } from "./written.ts";

let looks: number;
let nowMs: number;
let isAway: boolean;
let ring: (heard: Heard) => void;
let seen: Seen;

const row = (name: string): EnvironmentRow => ({
  product: "shop",
  name,
  previewOf: null,
  data: { services: {} },
  speed: 1,
  ports: {},
  state: "up",
  createdAt: new Date(0),
  changedAt: new Date(0),
  expiresAt: null,
});

beforeEach(() => {
  [looks, nowMs, isAway] = [0, 10_000, false];
  const control = {
    platform: {
      store: {
        bell: { on: (hear: (heard: Heard) => void) => ((ring = hear), () => {}) },
        environments: () => {
          looks += 1;
          return isAway ? Promise.reject(new Error("the database is away")) : Promise.resolve([row("dev"), row("prod")]);
        },
      },
      agent: { state: () => Promise.reject(new Error("asleep")), traffic: () => Promise.reject(new Error("asleep")) },
      place: { root: "/shop" },
    },
    watch: { of: () => undefined, problemsOf: () => [] },
  } as unknown as Control;
  seen = createSeen(control, () => nowMs);
});

const everything = () => true;

test("all who ask at about the same time have one look, and a second later another", async () => {
  const [one, two] = await Promise.all([seen.environments("shop", everything), seen.environments("shop", everything)]);
  nowMs += 999;
  const three = await seen.environments("shop", everything);
  expect([looks, one === two, one === three]).toEqual([1, true, true]);
  // What several get is written once.
  expect(writtenOf(one)).toBe(writtenOf(three));
  nowMs += 1;
  await seen.environments("shop", everything);
  expect(looks).toBe(2);
});

test.each(["event", "changed"] as const)("whoever asks after an %s was told of sees what came of it", async (what) => {
  await seen.status("shop");
  ring({ what, id: "" });
  await seen.status("shop");
  expect(looks).toBe(2);
});

test("so does whoever asks after something was changed here, or after it may not have been heard", async () => {
  await seen.status("shop");
  seen.forget();
  await seen.status("shop");
  ring(undefined);
  await seen.status("shop");
  ring({ what: "scheduled", id: "" });
  await seen.status("shop");
  expect(looks).toBe(3);
});

test("each sees what it may see, and never what another may", async () => {
  const [all, some, none] = await Promise.all([
    seen.environments("shop", everything),
    seen.environments("shop", (name) => name === "dev"),
    seen.environments("shop", () => false),
  ]);
  const names = (answer: typeof all) => answer.items.map(({ environment }) => environment);
  expect([names(all), names(some), names(none), looks]).toEqual([["dev", "prod"], ["dev"], [], 1]);
});

test("a look that failed is nobody's answer but theirs who had it", async () => {
  isAway = true;
  await expect(seen.status("shop")).rejects.toThrow("away");
  isAway = false;
  expect((await seen.status("shop")).environments).toHaveLength(2);
});

test("a clock that was set back makes nothing young again", async () => {
  await seen.status("shop");
  nowMs -= 60_000;
  await seen.status("shop");
  expect(looks).toBe(2);
});
