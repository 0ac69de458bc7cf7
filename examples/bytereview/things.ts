import {
  bucket,
  cron,
  daily,
  frontend,
  here,
  kmsKey,
  node,
  partner,
  postgres,
  python,
  queue,
  redis,
  secret,
  service,
  set,
  topic,
  worker,
} from "gantry";

// What it keeps

export const abroad = "us-east1";
const dumps = bucket("dumps", { versions: "30d", replicas: [{ region: abroad }] });
export const documents = bucket("documents", {
  versions: "30d",
  restore: "copy previous version",
  replicas: [{ region: abroad }],
});
export const migrationSql = "alembic upgrade head --sql";
export const db = postgres("db", {
  version: 15,
  size: "db-custom-1-3840",
  urlIn: secret("database-url"),
  backup: { pitr: "7d", dump: "daily", to: dumps, restoreTo: "new instance", adopt: "terraform import" },
  migrations: {
    folder: "api/migrations",
    here: "migrations",
    tool: "alembic",
    step: "migrate-db",
    offline: migrationSql,
    apply: "alembic upgrade head",
    revert: "alembic downgrade -1",
    reversibleOnly: true,
    destructive: "over two releases",
  },
});
export const cache = redis("cache", { version: 7, memory: "1Gi" });
export const extraction = queue("extraction", { on: cache, engine: "arq" });
export const imports = queue("imports", { on: cache, engine: "arq" });
const events = topic("events");
const tokens = kmsKey("tokens");

const reauthorised = { restore: "users authorise again" } as const;
const vertex = partner("vertex", { key: secret("vertex-token"), ...reauthorised });
const drive = partner("drive", { key: secret("drive-token"), ...reauthorised });

// What runs

const idle = { after: "15m", to: 0 } as const;
const env = {
  DATABASE_URL: db.url,
  DB_CONNECTION_NAME: db.connectionName,
  DB_PRIVATE_IP: db.privateAddress,
  REDIS_HOST: cache.host,
  REDIS_PORT: cache.port,
  KMS_KEY_ID: tokens.id,
  DOCUMENTS_BUCKET: documents.id,
};
const ready = { path: "/health", ready: "/health/ready" };
const metrics = "/metrics";
// Without a redis the queues are a table of the database.
const copesWithout = [cache, extraction, imports];

export const web = frontend("frontend", {
  stack: node("20", { framework: "nextjs", tracing: "@vercel/otel" }),
  here: here("services/frontend.ts"),
  build: "frontend",
  health: "/health",
  metrics,
  scale: { min: 0, max: 10, idle },
});
export const api = service("api", {
  stack: python("3.11", { framework: "fastapi", tracing: "opentelemetry" }),
  here: here("services/api.ts"),
  build: "api",
  health: ready,
  metrics,
  paths: ["/api/*"],
  cors: { origins: [web.url] },
  uses: [db, documents, extraction.push, imports.push, events.publish, tokens.encrypt, tokens.decrypt],
  copesWithout,
  env: { ...env, EVENTS_TOPIC: events.id, LAUNCHDARKLY_SDK_KEY: secret("launchdarkly-sdk-key") },
  scale: { min: 0, max: 10, idle },
});

const job = { stack: python("3.11", { framework: "arq", tracing: "opentelemetry" }), build: "worker", env, copesWithout };
const asked = { health: ready, metrics };
const scale = { min: 0, max: 5, on: { waiting: 100 }, idle };
const uses = [db, documents, tokens.decrypt];
export const extract = worker("worker-extract", {
  ...job,
  ...asked,
  scale,
  here: here("services/worker.ts", { args: ["extraction"] }),
  uses: [...uses, vertex],
  takes: extraction,
});
export const importer = worker("worker-import", {
  ...job,
  ...asked,
  scale,
  here: here("services/worker.ts", { args: ["imports"] }),
  env: { ...env, EVENTS_TOPIC: events.id },
  uses: [...uses, drive, events.publish],
  takes: imports,
});
export const sweep = cron("worker-sweep", {
  ...job,
  here: here("services/sweep.ts"),
  uses: [db, documents],
  schedule: daily("03:30"),
});

// The pages and the API know each other: one of the two can only be told afterwards.
export const toApi = set(web, { env: { API_URL: api.url } });
