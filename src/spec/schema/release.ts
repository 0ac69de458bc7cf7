import { z } from "zod";
import { condition } from "./signal.ts";
import { command, duration, host, percent, ref, refWith, urlPath } from "./words.ts";

const resourceStep = refWith({ step: z.enum(["migrated", "migrate", "snapshot"]) }, "resources");

const gate = z.discriminatedUnion("gate", [
  z.strictObject({ gate: z.literal("signed"), approval: ref("approvals") }),
  z.strictObject({ gate: z.literal("approval"), role: ref("roles"), expires: duration.optional(), people: z.int().min(1).max(20).optional() }),
  z.strictObject({
    gate: z.literal("health"),
    of: ref("services"),
    path: urlPath.optional(),
    every: duration.optional(),
    tries: z.int().min(1).max(1_000).optional(),
    inARow: z.int().min(1).max(100).optional(),
  }),
  z.strictObject({ gate: z.literal("smoke"), command, timeout: duration.optional() }),
  z.strictObject({ gate: z.literal("burn"), slo: ref("slos"), below: percent, within: duration.optional() }),
  z.strictObject({ gate: z.literal("check"), check: ref("checks") }),
  z.strictObject({ gate: z.literal("clean"), check: ref("checks"), of: z.array(z.enum(["low", "medium", "high", "critical"])).min(1) }),
  z.strictObject({ gate: z.literal("green"), environment: ref("environments") }),
]);

export const requirement = z.union([gate, condition, resourceStep], "expected a gate, a condition on a signal, or a step such as db.migrated");

const common = {
  requires: z.array(requirement).optional(),
  before: z.array(resourceStep).optional(),
  after: z.array(requirement).optional(),
  rollbackOn: z.array(z.union([condition, z.literal("any failure")], 'expected a condition on a signal, or "any failure"')).optional(),
  rollbackWindow: duration.optional(),
  notify: z.array(ref("channels")).optional(),
  compare: z
    .strictObject({
      tolerance: z.number().gt(1, "a tolerance is how many times worse is still fine, so it is above 1").max(10).optional(),
      falseAlarms: percent.optional(),
      misses: percent.optional(),
      warmUp: duration.optional(),
    })
    .optional(),
};

const portion = z.union([z.int().min(0), percent], "expected a number of instances or a percentage");

export const strategy = z.discriminatedUnion("strategy", [
  z.strictObject({
    strategy: z.literal("canary"),
    ...common,
    steps: z.array(z.strictObject({ to: percent, bake: duration, requires: z.array(requirement).optional() })).min(1, "a canary has at least one step before 100%"),
  }),
  z.strictObject({ strategy: z.literal("blue-green"), ...common, preview: host.optional(), retireAfter: duration.optional() }),
  z.strictObject({ strategy: z.literal("rolling"), ...common, surge: portion.optional(), unavailable: portion.optional() }),
  z.strictObject({ strategy: z.literal("recreate"), ...common }),
]);
