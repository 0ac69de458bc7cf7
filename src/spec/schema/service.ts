import { z } from "zod";
import { bytes, command, cron, duration, filePath, folderPath, identifier, logLevel, missed, percent, port, ref, refWith, scalar, slug, text, urlPath } from "./words.ts";

export const container = z.strictObject({
  image: identifier.optional(),
  ports: z.array(z.string().regex(/^\d{1,5}:\d{1,5}$/, "ports are written host:container, as 5432:5432")).optional(),
  env: z.record(z.string(), scalar).optional(),
  volume: identifier.optional(),
});

/** Where a value comes from that is only known at run time. */
export const address = refWith(
  { attribute: z.enum(["url", "host", "port", "connectionName", "privateAddress", "id", "revision", "name"]) },
  "resources",
  "services",
);

const build = z.strictObject({
  context: folderPath,
  file: filePath.optional(),
  base: identifier.optional(),
  multiStage: z.boolean().optional(),
  nonRoot: z.boolean().optional(),
  healthCheck: z.boolean().optional(),
  cacheDependencies: z.boolean().optional(),
  image: identifier.optional(),
});

const stack = z.strictObject({
  language: z.enum(["python", "rust", "node"]),
  version: identifier,
  framework: identifier.optional(),
  image: identifier.optional(),
  tools: z.array(identifier).optional(),
  tracing: identifier.optional(),
});

const health = z.strictObject({
  path: urlPath,
  every: duration.optional(),
  timeout: duration.optional(),
  failures: z.int().min(1).max(100).optional(),
  ready: urlPath.optional(),
  start: duration.optional(),
});

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name is letters, digits and underscores, and does not start with a digit");

const hereCommon = { folder: filePath.optional(), env: z.record(variableName, scalar).optional() };
const here = z.union(
  [
    z.strictObject({ entry: filePath, args: z.array(identifier).optional(), ...hereCommon }),
    z.strictObject({ command, build: command.optional(), ...hereCommon }),
  ],
  "expected a file that is built and started, as services/api.ts, or a command",
);

const anyService = z.strictObject({
  kind: z.enum(["service", "frontend", "worker", "cron", "proxy"]),
  title: text.optional(),
  build: build.optional(),
  image: identifier.optional(),
  stack: stack.optional(),
  here: here.optional(),
  port: port.optional(),
  health: health.optional(),
  uses: z
    .array(refWith({ access: z.enum(["read", "write", "publish", "subscribe", "push", "encrypt", "decrypt", "scan", "send"]).optional() }, "resources", "services"))
    .optional(),
  takes: z.array(ref("resources")).optional(),
  env: z
    .record(
      variableName,
      z.union([scalar, ref("secrets"), address], "expected text, a number, true or false, a secret, or an address such as db.url"),
    )
    .optional(),
  size: z.strictObject({ cpu: z.number().gt(0).max(128).optional(), memory: bytes.optional() }).optional(),
  scale: z
    .strictObject({
      min: z.int().min(0).optional(),
      max: z.int().min(1).optional(),
      on: z
        .strictObject({ cpu: percent.optional(), memory: percent.optional(), requests: z.number().gt(0).optional(), waiting: z.number().gt(0).optional() })
        .optional(),
      idle: z.strictObject({ after: duration, to: z.literal(0) }).optional(),
    })
    .optional(),
  cors: z
    .strictObject({
      origins: z.array(z.union([z.string().regex(/^(?:https?:\/\/[a-z0-9.:-]+|\*)$/, "an origin is https://host"), address], "an origin is https://host, or a service's url")),
      methods: z.array(z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])).optional(),
    })
    .optional(),
  paths: z.array(urlPath).optional(),
  deployment: z.strictObject({ name: slug.optional(), container: slug.optional() }).optional(),
  account: identifier.optional(),
  metrics: urlPath.optional(),
  measured: z.boolean().optional(),
  drain: duration.optional(),
  pool: z.strictObject({ tool: z.enum(["prisma", "sqlx", "pgbouncer", "sqlalchemy"]).optional(), max: z.int().min(1) }).optional(),
  develop: z.strictObject({ reload: identifier.optional(), mount: z.array(identifier).optional() }).optional(),
  logLevel: logLevel.optional(),
  container: container.optional(),
  copesWithout: z.array(ref("resources")).optional(),
  schedule: cron.optional(),
  limit: duration.optional(),
  overlap: z.enum(["skip", "wait", "allow"]).optional(),
  missed: missed.optional(),
});

export const service = anyService.check((context) => {
  if (context.value.kind === "cron" && context.value.schedule === undefined)
    context.issues.push({
      code: "custom",
      path: ["schedule"],
      message: 'say when it runs, as schedule: daily("02:30")',
      params: { code: "missing" },
      input: context.value,
    });
});

/** A service, or some of its routes. */
export const routes = refWith({ routes: z.union([urlPath, z.literal("(health)")]) }, "services");
