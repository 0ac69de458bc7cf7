import { z } from "zod";
import { container } from "./service.ts";
import { bytes, command, cron, duration, filePath, folderPath, host, identifier, port, ref, slug, text } from "./words.ts";

const common = {
  title: text.optional(),
  instance: slug.optional(),
  private: z.boolean().optional(),
  public: z.boolean().optional(),
  external: z.boolean().optional(),
  port: port.optional(),
  urlIn: ref("secrets").optional(),
  container: container.optional(),
};

const replicas = z
  .array(z.strictObject({ region: identifier.optional(), size: identifier.optional(), zones: z.int().min(1).max(6).optional() }))
  .optional();

const backup = z.strictObject({
  pitr: duration.optional(),
  dump: z.union([z.enum(["hourly", "daily", "weekly"]), cron]).optional(),
  keep: duration.optional(),
  to: ref("resources").optional(),
  restoreTo: z.enum(["new instance", "same instance"]).optional(),
  adopt: z.literal("terraform import").optional(),
  encrypted: z.boolean().optional(),
  verify: cron.optional(),
});

const migrations = z.strictObject({
  folder: folderPath,
  here: filePath.optional(),
  tool: z.enum(["sql", "alembic", "sqlx", "prisma", "dbmate", "flyway"]).optional(),
  step: slug.optional(),
  offline: command.optional(),
  apply: command.optional(),
  revert: command.optional(),
  url: ref("secrets").optional(),
  run: z.literal("before traffic").optional(),
  reversibleOnly: z.boolean().optional(),
  destructive: z.enum(["over two releases", "never"]).optional(),
  snapshotFirst: z.boolean().optional(),
  snapshotName: identifier.optional(),
});

const postgres = z.strictObject({
  kind: z.literal("postgres"),
  ...common,
  version: z.union([z.literal(13), z.literal(14), z.literal(15), z.literal(16), z.literal(17), z.literal(18)], "Postgres comes in the versions 13 to 18"),
  size: identifier.optional(),
  storage: bytes.optional(),
  highAvailability: z.boolean().optional(),
  replicas,
  backup: backup.optional(),
  migrations: migrations.optional(),
  maxConnections: z.int().min(1).max(10_000).optional(),
  database: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, "a database's name is lower-case letters, digits and underscores")
    .optional(),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_]{0,62}$/, "a database user's name is lower-case letters, digits and underscores")
    .optional(),
  password: ref("secrets").optional(),
  encrypted: z.boolean().optional(),
  autoRestart: z.boolean().optional(),
  rowSecurity: z.boolean().optional(),
});

const redis = z.strictObject({
  kind: z.literal("redis"),
  ...common,
  version: z.union([z.literal(6), z.literal(7), z.literal(8), z.enum(["6.2", "7.0", "7.2", "8.0"])], "Redis comes in the versions 6, 6.2, 7, 7.0, 7.2, 8 and 8.0"),
  memory: bytes.optional(),
  tier: z.enum(["basic", "standard"]).optional(),
  size: identifier.optional(),
  cluster: z.boolean().optional(),
  encrypted: z.boolean().optional(),
  password: ref("secrets").optional(),
});

const bucket = z.strictObject({
  kind: z.literal("bucket"),
  ...common,
  engine: z.enum(["cloud", "minio"]).optional(),
  versions: duration.optional(),
  lifeCycle: z
    .array(z.strictObject({ after: duration, to: z.enum(["nearline", "coldline", "archive", "glacier", "cool", "delete"]) }))
    .optional(),
  bucket: slug.optional(),
  encrypted: z.boolean().optional(),
  restore: z.literal("copy previous version").optional(),
  replicas,
  backup: backup.optional(),
});

export const resource = z.discriminatedUnion("kind", [
  postgres,
  redis,
  bucket,
  z.strictObject({ kind: z.literal("topic"), ...common, keep: duration.optional() }),
  z.strictObject({
    kind: z.literal("queue"),
    ...common,
    on: ref("resources").optional(),
    engine: z.enum(["arq", "bullmq", "pubsub", "sqs"]).optional(),
    tries: z.int().min(1).max(1_000).optional(),
    keep: duration.optional(),
  }),
  z.strictObject({
    kind: z.literal("kms"),
    ...common,
    perTenant: z.boolean().optional(),
    envelope: z.boolean().optional(),
    rotate: duration.optional(),
  }),
  z.strictObject({
    kind: z.literal("search"),
    ...common,
    engine: z.enum(["typesense", "opensearch", "meilisearch"]),
    version: identifier.optional(),
    size: z.strictObject({ cpu: z.number().gt(0), memory: bytes }).optional(),
    apiKey: ref("secrets").optional(),
  }),
  z.strictObject({
    kind: z.literal("workflows"),
    ...common,
    engine: z.literal("temporal"),
    version: identifier.optional(),
    on: ref("resources").optional(),
    namespace: slug.optional(),
    ui: container.optional(),
  }),
  z.strictObject({ kind: z.literal("scanner"), ...common, engine: z.literal("clamav"), version: identifier.optional() }),
  z.strictObject({ kind: z.literal("mail"), ...common, from: identifier.optional(), password: ref("secrets").optional() }),
  z.strictObject({
    kind: z.literal("partner"),
    ...common,
    home: host.optional(),
    sandbox: host.optional(),
    key: ref("secrets").optional(),
    without: text.optional(),
    restore: z.literal("users authorise again").optional(),
  }),
  z.strictObject({ kind: z.literal("emulator"), ...common, of: z.array(ref("resources")).min(1, "say which resources it plays") }),
]);

