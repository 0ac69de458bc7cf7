import {
  bucket,
  emulator,
  frontend,
  here,
  kmsKey,
  node,
  partner,
  postgres,
  redis,
  rust,
  search,
  secret,
  service,
  tenants,
  virusScanner,
  worker,
  workflows,
} from "gantry";

// What the product keeps and uses. `container` says how each runs in the compose file of a developer.

export const db = postgres("postgres", {
  version: 16,
  database: "cpa",
  urlIn: secret("database-url", { rotate: "90d" }),
  size: "db.r6g.large",
  highAvailability: true,
  replicas: [{ size: "db.r6g.large" }],
  // Both colours of a release at their most: 2 × 4 × (12 + 6) connections.
  maxConnections: 200,
  rowSecurity: true,
  backup: { pitr: "7d", dump: "daily", keep: "30d" },
  migrations: {
    folder: "backend/migrations",
    here: "migrations",
    tool: "sqlx",
    apply: "sqlx migrate run",
    revert: "sqlx migrate revert",
    reversibleOnly: true,
    snapshotName: "pre-deploy-<run>",
  },
  container: {
    image: "postgres:16",
    ports: ["5432:5432"],
    env: { POSTGRES_DB: "cpa_dev", POSTGRES_PASSWORD: "dev" },
    volume: "pgdata:/var/lib/postgresql/data",
  },
});
export const cache = redis("redis", {
  version: 7,
  size: "cache.r6g.large",
  cluster: true,
  container: { image: "redis:7-alpine", ports: ["6379:6379"] },
});
export const temporal = workflows("temporal", {
  engine: "temporal",
  on: db,
  port: 7233,
  container: {
    image: "temporalio/auto-setup:1.27.2",
    ports: ["7233:7233"],
    env: { DB: "postgres12", POSTGRES_SEEDS: "postgres", POSTGRES_USER: "postgres", POSTGRES_PWD: "dev" },
  },
  ui: { image: "temporalio/ui:2.34.0", ports: ["8233:8080"], env: { TEMPORAL_ADDRESS: "temporal:7233" } },
});
export const typesense = search("typesense", {
  engine: "typesense",
  version: "27.0",
  size: { cpu: 2, memory: "4Gi" },
  port: 8108,
  apiKey: secret("typesense-api-key", { rotate: "90d" }),
  container: { image: "typesense/typesense:27.0", ports: ["8108:8108"], env: { TYPESENSE_DATA_DIR: "/tmp" } },
});
export const documents = bucket("documents", { lifeCycle: [{ after: "365d", to: "glacier" }], versions: "30d" });
export const keys = kmsKey("tenant-keys", { perTenant: true, envelope: true, rotate: "365d" });
export const localstack = emulator("localstack", {
  of: [documents, keys],
  port: 4566,
  container: { image: "localstack/localstack:3.8", ports: ["4566:4566"], env: { SERVICES: "s3,kms" } },
});
export const clamav = virusScanner("clamav", {
  engine: "clamav",
  port: 3310,
  container: { image: "clamav/clamav:1.4", ports: ["3310:3310"] },
});
export const stripe = partner("stripe", { key: secret("stripe-key") });
export const quickbooks = partner("quickbooks", { key: secret("quickbooks-key") });
export const claude = partner("claude", { key: secret("claude-key") });
export const firms = tenants("firms", { key: "tenant_id", in: db, encryptedWith: keys });

// What runs

const axum = rust("stable", { framework: "axum", tools: ["sqlx"] });
const elastic = { min: 2, max: 4, on: { cpu: "70%" } } as const;
const metrics = "/metrics";
const env = {
  DATABASE_URL: db.url,
  REDIS_URL: cache.url,
  TEMPORAL_ADDRESS: temporal.host,
  CLAMAV_HOST: clamav.host,
  CLAMAV_PORT: clamav.port,
  DOCUMENTS_BUCKET: documents.id,
  TENANT_KEYS_ID: keys.id,
  JWT_KEYS: secret("jwt-keys", { rotate: "90d" }),
};
const uses = [db, cache, temporal, typesense, documents, keys.encrypt, keys.decrypt, clamav.scan];
// What is lost without each of them stands in the README.
const copesWithout = [clamav, cache, temporal, typesense];

export const backend = service("backend", {
  stack: axum,
  here: here("services/backend.ts"),
  build: { context: "./backend", image: "cpa-backend" },
  port: 8080,
  health: { path: "/api/v1/health", ready: "/api/v1/health/ready" },
  metrics,
  paths: ["/api/*"],
  uses: [...uses, stripe, quickbooks],
  copesWithout,
  env,
  pool: { tool: "sqlx", max: 12 },
  size: { cpu: 2, memory: "4Gi" },
  scale: elastic,
  container: { ports: ["8080:8080"] },
});
export const web = frontend("frontend", {
  stack: node("20", { framework: "nextjs" }),
  here: here("services/frontend.ts"),
  build: { context: "./frontend", image: "cpa-frontend" },
  port: 3000,
  health: "/",
  metrics,
  uses: [backend],
  env: { API_URL: backend.url },
  size: { cpu: 1, memory: "2Gi" },
  scale: { min: 2, max: 2 },
  container: { ports: ["3000:3000"] },
});
export const flow = worker("temporal-worker", {
  stack: axum,
  here: here("services/temporal-worker.ts"),
  build: { context: "./backend", image: "cpa-temporal-worker" },
  health: { path: "/health", ready: "/health/ready" },
  metrics,
  uses: [...uses, claude],
  copesWithout,
  takes: temporal,
  env,
  pool: { tool: "sqlx", max: 6 },
  size: { cpu: 2, memory: "4Gi" },
  scale: elastic,
});
