import { z } from "zod";
import { requirement } from "./release.ts";
import { condition } from "./signal.ts";
import { command, cron, date, duration, filePath, flagState, identifier, percent, ref, refWith, text, title } from "./words.ts";
import { routes } from "./service.ts";

export const secret = z.strictObject({
  generated: z.boolean().optional(),
  rotate: duration.optional(),
  grace: duration.optional(),
  purpose: text.optional(),
  owner: ref("roles").optional(),
});

export const role = z.strictObject({
  members: z.array(z.string().min(1).max(200)),
  may: z.array(z.enum(["view", "develop", "operate", "approve", "administer"])).optional(),
});

export const approval = z.strictObject({
  by: ref("roles"),
  given: date.optional(),
  pending: z.boolean().optional(),
  of: text.optional(),
});

export const freeze = z.strictObject({
  from: text,
  until: text,
  stops: z.array(z.enum(["release", "promote", "migrate", "rollback", "infrastructure"])).optional(),
  overrideBy: ref("roles").optional(),
  because: text,
});

export const flag = z.strictObject({
  gates: routes.optional(),
  variableOf: ref("services").optional(),
  default: flagState.optional(),
  first: text.optional(),
  sdk: z.enum(["launchdarkly", "openfeature"]).optional(),
  owner: ref("roles").optional(),
  because: text.optional(),
});

export const dataset = z.strictObject({
  kind: z.enum(["seed", "fixtures", "synthetic", "demo", "real"]),
  of: z.array(ref("resources")).optional(),
  from: identifier.optional(),
  rows: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_ -]*$/, "the name of what is counted"), z.int().min(0)).optional(),
  describes: text.optional(),
});

export const datasetPart = z.union(
  [
    refWith({ anonymised: z.literal(true), share: percent.optional(), fields: z.array(identifier).optional(), refresh: cron.optional() }, "datasets"),
    ref("datasets"),
  ],
  "expected a dataset",
);

export const tenants = z.strictObject({
  key: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a key is the name of a column"),
  in: ref("resources"),
  credentials: z.array(text).optional(),
  provision: z.strictObject({ script: filePath, seed: ref("datasets").optional(), prints: z.array(text).optional(), requires: z.array(requirement).optional() }).optional(),
  encryptedWith: ref("resources").optional(),
});

export const reset = z.strictObject({
  of: ref("resources"),
  schedule: cron.optional(),
  only: ref("tenants").optional(),
  askedIn: text.optional(),
  seeds: ref("datasets").optional(),
  seedsIf: z.literal("asked").optional(),
  authorisedBy: ref("secrets").optional(),
});

export const policy = z.strictObject({
  engine: z.enum(["opa", "sentinel", "gantry"]).optional(),
  file: filePath.optional(),
  forbids: z
    .array(z.enum(["public bucket", "public database", "wildcard iam", "unsigned image", "access to production", "unencrypted data", "secret in code"]))
    .optional(),
  before: z.enum(["merge", "apply", "release"]).optional(),
});

const thing = ref("resources", "services").optional();
const resourceStep = refWith({ step: z.enum(["migrated", "migrate", "snapshot"]) }, "resources");

export const runbook = z.strictObject({
  title,
  owner: ref("roles").optional(),
  postMortemWithin: duration.optional(),
  steps: z
    .array(
      z.discriminatedUnion("does", [
        z.strictObject({ does: z.literal("check"), title, that: condition.optional(), command: command.optional(), see: ref("dashboards").optional(), of: thing }),
        z.strictObject({
          does: z.literal("run"),
          title,
          action: z
            .enum(["failover", "promote replica", "rollback", "scale up", "isolate tenant", "revoke credentials", "raise log level", "revert migration"])
            .optional(),
          command: command.optional(),
          of: thing,
          step: resourceStep.optional(),
          onlyIf: text.optional(),
        }),
        z.strictObject({ does: z.literal("ask"), title, role: ref("roles").optional(), document: text.optional() }),
        z.strictObject({ does: z.literal("notify"), title, to: ref("channels") }),
      ]),
    )
    .min(1, "a runbook without a step helps nobody"),
});

/** What `gantry rehearse --live` makes happen: it says more of what is wrong with the rest. */
const span = String.raw`(?:@[^+\s]+)?(?:\+\S+)?`;
const since = String.raw`(?:@[^+\s]+(?:\+\S+)?)?`;
const struck = String.raw`[a-z][a-z0-9-]*:(?:kill|pause|down|slow=[^@+\s]+)${span}`;
const ill = String.raw`(?:[a-z][a-z0-9-]*:)?(?:(?:(?:errors|latency|dependency)=[^@\s]+|crash-at-start)${since}|crash@[^+\s]+(?:\+\S+)?)`;
const faultWords = z
  .string()
  .max(200)
  .regex(
    new RegExp(`^(?:${struck}|${ill})$`),
    "not a fault that can be made to happen: write it as errors=50%, latency=x2, crash@10s, db:down+10s or api:kill",
  );

const recovery = { does: z.enum(["restore", "failover", "rollback"]) };

export const exercise = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("drill"),
    ...recovery,
    of: z.array(ref("resources", "services")).optional(),
    schedule: cron.optional(),
    within: duration.optional(),
    to: z.array(ref("channels")).optional(),
  }),
  z.strictObject({
    kind: z.literal("game day"),
    ...recovery,
    fault: text.optional(),
    injects: z.array(faultWords).min(1, "a game day on which nothing goes wrong teaches nobody").max(10).optional(),
    of: ref("services").optional(),
    requestsPerSecond: z.number().gt(0).optional(),
    for: duration.optional(),
    alerts: z.array(ref("alerts")).optional(),
    before: text.optional(),
  }),
  z.strictObject({
    kind: z.literal("load test"),
    of: ref("services").optional(),
    requestsPerSecond: z.number().gt(0),
    for: duration,
    asserts: z.array(z.enum(["autoscaling", "cost", "alerts"])).optional(),
  }),
  z.strictObject({ kind: z.literal("security test"), of: ref("services").optional(), command: command.optional() }),
  z.strictObject({ kind: z.literal("test incident"), expects: ref("channels"), schedule: cron.optional() }),
]);
