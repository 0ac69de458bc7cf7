import { z } from "zod";
import { datasetPart } from "./operate.ts";
import { trigger } from "./pipeline.ts";
import { strategy } from "./release.ts";
import { budget, costs, logs, traces } from "./watch.ts";
import { cron, duration, filePath, flagState, host, identifier, logLevel, missed, percent, port, ref, refWith, slug, text, urlPath } from "./words.ts";

const network = z.strictObject({
  name: slug.optional(),
  range: z
    .string()
    .regex(/^(?:\d{1,3}\.){3}\d{1,3}\/(?:[89]|[12]\d)$/, "a range is written 10.128.0.0/20")
    .refine((given) => given.split("/")[0]?.split(".").every((part) => Number(part) < 256), { error: "a range is written 10.128.0.0/20" })
    .optional(),
  zones: z.int().min(1).max(6).optional(),
  privateSubnets: z.boolean().optional(),
  peering: z.boolean().optional(),
  internalOnly: z.boolean().optional(),
  connector: z.strictObject({ machine: identifier.optional(), min: z.int().min(2), max: z.int().min(3).max(10) }).optional(),
  loadBalancer: z.enum(["alb", "cloud", "ingress"]).optional(),
  firewall: z
    .strictObject({
      rules: z.array(z.enum(["owasp core", "sql injection", "known bad inputs"])).min(1),
      requestsPerMinute: z.int().min(1).optional(),
    })
    .optional(),
  cdn: z.enum(["cloudfront", "cloud cdn", "front door"]).optional(),
  dns: z.enum(["route 53", "cloud dns", "azure dns"]).optional(),
  certificates: z.enum(["acm", "managed", "cert-manager"]).optional(),
  tlsInside: z.boolean().optional(),
  internalDns: z.boolean().optional(),
});

const parts = ["services", "resources", "alerts", "slos", "dashboards", "uptime", "resets", "exercises", "runbooks", "policies", "tenants"] as const;

const common = {
  purpose: text.optional(),
  production: z.boolean().optional(),
  managed: z.enum(["here", "elsewhere"]).optional(),
  organisation: identifier.optional(),
  billing: identifier.optional(),
  zone: identifier.optional(),
  zones: z.int().min(1).max(6).optional(),
  standby: z
    .strictObject({
      region: identifier,
      mode: z.enum(["cold", "warm", "hot"]),
      of: z.array(ref("resources")).optional(),
      dnsCutOver: filePath.optional(),
      scripts: filePath.optional(),
    })
    .optional(),
  domain: z
    .array(
      z.union([host, refWith({ host, path: urlPath.optional(), port: port.optional() }, "services")], "expected a host name, or a service at a host"),
    )
    .optional(),
  deploy: z.array(trigger).optional(),
  previews: z
    .strictObject({
      on: trigger,
      traffic: percent.optional(),
      live: duration.optional(),
      comment: z.boolean().optional(),
      plan: z.boolean().optional(),
    })
    .optional(),
  data: datasetPart.optional(),
  onlyData: z.enum(["synthetic", "seed", "fixtures", "demo", "anonymised"]).optional(),
  isolated: z
    .strictObject({
      from: ref("environments"),
      of: z.array(z.enum(["project", "network", "data", "secrets"])).optional(),
      provenBy: ref("policies").optional(),
    })
    .optional(),
  mirrors: z
    .strictObject({
      environment: ref("environments"),
      except: z.array(z.strictObject({ of: ref("resources", "services", "flags"), in: identifier, because: text })).optional(),
    })
    .optional(),
  limits: z
    .strictObject({ pods: z.int().min(1).optional(), connections: z.int().min(1).optional(), spend: budget.optional() })
    .optional(),
  offHours: z.strictObject({ stop: z.array(ref("resources", "services")).min(1), from: cron, until: cron, missed: missed.optional() }).optional(),
  logLevel: logLevel.optional(),
  release: strategy.optional(),
  freezes: z.array(ref("freezes")).optional(),
  admitOnlySigned: z.boolean().optional(),
  budget: budget.optional(),
  costs: costs.optional(),
  traces: traces.optional(),
  logs: logs.optional(),
  workspace: slug.optional(),
  network: network.optional(),
  registry: identifier.optional(),
  secretsIn: z.enum(["secret manager", "secrets manager", "key vault", "vault", "file"]).optional(),
  integrations: z.enum(["live", "sandbox"]).optional(),
  flags: z.array(refWith({ is: flagState }, "flags")).optional(),
  with: z.array(ref(...parts)).optional(),
  without: z.array(ref(...parts)).optional(),
  overrides: z.partialRecord(z.enum(["services", "resources", "alerts", "slos", "dashboards", "flags"]), z.record(z.string(), z.looseObject({}))).optional(),
  envFile: filePath.optional(),
  apis: z.array(identifier).optional(),
  audit: z
    .strictObject({
      calls: z.enum(["cloudtrail", "cloud audit logs"]).optional(),
      threats: z.enum(["guardduty", "defender"]).optional(),
      compliance: z.enum(["config", "azure policy"]).optional(),
    })
    .optional(),
  approvedBy: ref("roles").optional(),
  notify: z.array(ref("channels")).optional(),
  verified: z.array(z.enum(["project", "apis", "databases", "caches", "secrets", "network"])).optional(),
};

const cluster = z.strictObject({ name: slug, autopilot: z.boolean().optional() }).optional();
const regions = { region: identifier.optional(), regions: z.array(identifier).min(1).optional() };

const targets = [
  z.strictObject({
    cloud: z.literal("gcp"),
    project: z.string().regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$|^[a-z][a-z0-9-]{0,24}-<id>$/, "a Google Cloud project is 6 to 30 lower-case letters, digits and dashes; <id> at its end stands for what is chosen at set-up"),
    runs: z.enum(["cloud run", "gke"]).optional(),
    cluster,
    ...regions,
    ...common,
  }),
  z.strictObject({ cloud: z.literal("aws"), account: identifier, runs: z.enum(["ecs", "eks"]).optional(), cluster, ...regions, ...common }),
  z.strictObject({ cloud: z.literal("azure"), subscription: identifier, runs: z.literal("aks").optional(), cluster, ...regions, ...common }),
  z.strictObject({ cloud: z.literal("local"), compose: filePath.optional(), ephemeral: z.boolean().optional(), ...common }),
] as const;

export const environmentCase = z.discriminatedUnion("cloud", targets);

export const switched = z
  .strictObject({ switch: slug, usual: slug.optional(), cases: z.record(slug, environmentCase) })
  .refine(({ cases }) => Object.keys(cases).length > 0, { path: ["cases"], error: "a switch without a case leads nowhere: write either(\"cloud\", { aws: aws(…) })" })
  .refine(({ usual, cases }) => usual === undefined || Object.keys(cases).length === 0 || Object.hasOwn(cases, usual), {
    path: ["usual"],
    error: "the usual case is one of the cases",
  });
