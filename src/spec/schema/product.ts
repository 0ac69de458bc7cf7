import { z } from "zod";
import { environmentCase, switched } from "./environment.ts";
import { approval, dataset, exercise, flag, freeze, policy, reset, role, runbook, secret, tenants } from "./operate.ts";
import { check, files, pipeline } from "./pipeline.ts";
import { resource } from "./resource.ts";
import { service } from "./service.ts";
import { alert, channel, dashboard, logs, slo, tools, uptime } from "./watch.ts";
import { cron, date, identifier, ref, slug, text, title } from "./words.ts";

const flagName = z.string().regex(/^[A-Za-z][A-Za-z0-9_.-]{0,99}$/, "a flag's name is letters, digits, underscores, dots and dashes");

/** The schemas of one thing of each collection; an environment's own changes are checked against them once more. */
export const entitySchemas = {
  services: service,
  resources: resource,
  secrets: secret,
  channels: channel,
  roles: role,
  approvals: approval,
  slos: slo,
  alerts: alert,
  dashboards: dashboard,
  uptime,
  flags: flag,
  datasets: dataset,
  tenants,
  resets: reset,
  freezes: freeze,
  policies: policy,
  runbooks: runbook,
  exercises: exercise,
  checks: check,
} as const;

const named = <Schema extends z.ZodType>(schema: Schema) => z.record(title, schema).optional();
const slugged = <Schema extends z.ZodType>(schema: Schema) => z.record(slug, schema).optional();

export const productSchema = z.strictObject({
  schemaVersion: z.literal(1),
  name: slug,
  title: text.optional(),
  document: z
    .strictObject({
      id: text.optional(),
      title: text.optional(),
      version: text.optional(),
      phase: text.optional(),
      status: z.enum(["draft", "approved", "completed"]).optional(),
      classification: text.optional(),
      updated: date.optional(),
      sourceOfTruth: text.optional(),
    })
    .optional(),
  repository: z
    .strictObject({
      host: z.enum(["github", "gitlab"]),
      path: z.string().regex(/^[A-Za-z0-9_.-]+(?:\/[A-Za-z0-9_.-]+)+$/, "a repository is written owner/name"),
      mainBranch: identifier.optional(),
    })
    .optional(),
  services: z.record(slug, service),
  resources: slugged(resource),
  secrets: slugged(secret),
  channels: named(channel),
  roles: named(role),
  approvals: named(approval),
  slos: named(slo),
  alerts: named(alert),
  dashboards: named(dashboard),
  uptime: named(uptime),
  flags: z.record(flagName, flag).optional(),
  datasets: named(dataset),
  tenants: slugged(tenants),
  resets: named(reset),
  freezes: named(freeze),
  policies: named(policy),
  runbooks: named(runbook),
  exercises: named(exercise),
  checks: named(check),
  tools: tools.optional(),
  logs: logs.optional(),
  spending: z
    .strictObject({
      recommendations: z.strictObject({ schedule: cron, to: ref("channels") }).optional(),
      byService: z.boolean().optional(),
    })
    .optional(),
  pipeline: pipeline.optional(),
  files: files.optional(),
  environments: z
    .record(slug, z.union([environmentCase, switched]))
    .refine((given) => Object.keys(given).length > 0, { error: "a product without an environment runs nowhere" }),
});

/** A product as plain data: what `gantry show` prints, and what a program may write instead of TypeScript. */
export type ProductData = z.output<typeof productSchema>;
export type EnvironmentData = z.output<typeof environmentCase>;
export type ServiceData = z.output<typeof service>;
export type ResourceData = z.output<typeof resource>;
