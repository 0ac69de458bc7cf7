import { z } from "zod";
import { command, cron, duration, filePath, folderPath, identifier, ref, slug, text, title } from "./words.ts";

export const trigger = z.discriminatedUnion("on", [
  z.strictObject({ on: z.literal("push"), branch: identifier }),
  z.strictObject({ on: z.literal("merge"), branch: identifier }),
  z.strictObject({ on: z.literal("tag"), pattern: identifier }),
  z.strictObject({ on: z.literal("pull request"), label: identifier.optional() }),
  z.strictObject({ on: z.literal("schedule"), schedule: cron }),
  z.strictObject({ on: z.literal("hand"), version: z.enum(["required", "newest"]).optional(), role: ref("roles").optional() }),
  z.strictObject({ on: z.literal("together"), environment: ref("environments") }),
]);

export const check = z.strictObject({
  on: z.array(trigger).optional(),
  steps: z.array(command).min(1, "a check without a command checks nothing"),
  folder: folderPath.optional(),
  needs: z.array(ref("checks")).optional(),
  beside: z.array(ref("resources", "services")).optional(),
  blocks: z.enum(["merge", "release", "apply"]).optional(),
  report: z.enum(["zap", "sarif", "junit", "coverage"]).optional(),
  target: text.optional(),
  policy: ref("policies").optional(),
  timeout: duration.optional(),
});

/** An image's name, with <project>, <service> and <sha> where those stand. */
const imageName = z.string().regex(/^[A-Za-z0-9._/:<>-]+$/, "an image's name is letters, digits, dots, slashes, and <project>, <service>, <sha>");

const modulePart = z.enum(["service", "cron", "postgres", "redis", "bucket", "topic", "queue", "kms", "dashboards", "alerts", "network"]);
const output = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "an output's name is letters, digits and underscores");
const module = z.strictObject({
  name: identifier,
  outputs: z.partialRecord(z.enum(["url", "host", "port", "connectionName", "privateAddress", "id", "revision"]), output).optional(),
});

export const pipeline = z.strictObject({
  title: title.optional(),
  runsOn: z.array(z.enum(["github actions", "gitlab ci", "cloud build"])).min(1),
  file: filePath.optional(),
  machine: identifier.optional(),
  account: identifier.optional(),
  timeout: duration.optional(),
  checks: z.array(ref("checks")).optional(),
  images: z
    .strictObject({
      registry: imageName.optional(),
      repository: z.enum(["artifact registry", "container registry", "ecr", "acr", "docker hub"]).optional(),
      tag: z.array(z.enum(["sha", "semver"])).optional(),
      cache: z.boolean().optional(),
      immutable: z.boolean().optional(),
      sign: z.literal("cosign").optional(),
      on: z.array(trigger).optional(),
    })
    .optional(),
  infrastructure: z
    .strictObject({
      terraform: z
        .string()
        .regex(/^\d+\.\d+(?:\.\d+)?$/, "a Terraform version is written 1.8 or 1.8.5")
        .optional(),
      root: folderPath.optional(),
      variables: identifier.optional(),
      modules: z.strictObject({ folder: filePath, names: z.array(identifier).optional(), makes: z.partialRecord(modulePart, module).optional() }).optional(),
      state: z
        .strictObject({
          in: z.enum(["gcs", "s3", "azure", "terraform cloud"]),
          bucket: slug.optional(),
          locked: z.boolean().optional(),
          versioned: z.boolean().optional(),
          encrypted: z.boolean().optional(),
          uniformAccess: z.boolean().optional(),
          perEnvironment: z.boolean().optional(),
          restore: command.optional(),
        })
        .optional(),
      deployer: z.strictObject({ account: identifier, identity: z.enum(["github oidc", "gitlab oidc"]) }).optional(),
      plan: z.strictObject({ detailedExitCode: z.boolean().optional(), comment: z.boolean().optional() }).optional(),
      drift: cron.optional(),
      approvedBy: ref("roles").optional(),
      review: z.literal("pull request").optional(),
    })
    .optional(),
  notify: z.array(ref("channels")).optional(),
  previewWithin: duration.optional(),
  guide: filePath.optional(),
  identity: z.enum(["github oidc", "gitlab oidc"]).optional(),
});

const guideSection = z.enum(["deployment", "diagram", "sizes", "cost", "troubleshooting", "security", "clean-up"]);

export const files = z.strictObject({
  root: filePath.optional(),
  terraform: filePath.optional(),
  kubernetes: filePath.optional(),
  scripts: z
    .strictObject({
      folder: filePath,
      names: z.array(filePath).optional(),
      parts: z
        .partialRecord(z.enum(["project", "network", "database", "cache", "services", "pipeline", "monitoring"]), filePath)
        .optional(),
      all: filePath.optional(),
      idempotent: z.boolean().optional(),
      confirms: z.boolean().optional(),
      progress: z.boolean().optional(),
    })
    .optional(),
  settings: filePath.optional(),
  monitoring: filePath.optional(),
  policies: filePath.optional(),
  backups: filePath.optional(),
  guide: z.strictObject({ file: filePath, sections: z.array(guideSection).optional() }).optional(),
  compose: filePath.optional(),
  env: z.strictObject({ file: filePath, validatedBy: ref("checks").optional() }).optional(),
  ignored: z.array(identifier).optional(),
});
