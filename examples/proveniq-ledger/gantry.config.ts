import {
  alert,
  approval,
  bucket,
  budget,
  channel,
  chart,
  check,
  dashboard,
  errorRate,
  flag,
  gcp,
  github,
  healthy,
  here,
  latency,
  local,
  node,
  onPush,
  pipeline,
  policy,
  postgres,
  product,
  real,
  redis,
  reset,
  role,
  rolling,
  saturation,
  secret,
  service,
  set,
  synthetic,
  tenants,
  weekly,
} from "gantry";

const devops = role("Backend/DevOps", { members: ["devops@proveniq.example"], may: ["operate", "approve"] });
const cto = role("CTO", { members: ["cto@proveniq.example"], may: ["approve"] });
const design = approval("Backend/DevOps", { by: devops, given: "2024-12-10", of: "the sandbox's design" });
const opening = approval("CTO", { by: cto, pending: true, of: "opening the sandbox to partners" });
const team = channel.slack("#devops");

// The ledger as it runs in production; the sandbox says where it is smaller.
const db = postgres("db", {
  version: 16,
  size: "db-custom-4-15360",
  highAvailability: true,
  urlIn: secret("database-url"),
  migrations: { folder: "migrations", here: "migrations", apply: "npm run migrate" },
});
const cache = redis("cache", { version: 7, memory: "5Gi", tier: "standard" });
const documents = bucket("documents");
const api = service("api", {
  stack: node("20"),
  here: here("services/api.ts"),
  build: ".",
  health: { path: "/health", ready: "/health/ready" },
  metrics: "/metrics",
  deployment: { name: "ledger-api" },
  uses: [db, cache, documents],
  copesWithout: [cache],
  env: {
    DATABASE_URL: db.url,
    REDIS_URL: cache.url,
    DOCUMENTS_BUCKET: documents.id,
    GEMINI_API_KEY: secret("gemini-api-key"),
  },
  pool: { max: 6 },
  scale: { min: 2, max: 10 },
});

const alpha = [
  flag("ENABLE_WEBHOOKS", { variableOf: api }),
  flag("ENABLE_DEMO_DATA_GENERATOR", { variableOf: api }),
  flag("MOCK_GEMINI_AI", { variableOf: api, because: "it saves the cost of AI calls" }),
];
const flags = alpha.map((one) => one.on);

// Partners, and the data they see

const claims = synthetic("sample claims", { of: db, rows: { claims: 10 } });
const partners = tenants("partners", {
  key: "partnerId",
  in: db,
  credentials: ["API key"],
  provision: {
    script: "scripts/provision-sandbox-tenant.sh",
    seed: claims,
    prints: ["partnerId", "API key"],
    requires: [opening.given],
  },
});
const everySunday = reset("weekly", { of: db, schedule: weekly("sunday", "03:00"), seeds: claims });
const onRequest = reset("on request", { of: db, only: partners, askedIn: "portal", seeds: claims, seedsIf: "asked" });

const failing = errorRate(api).over("5m").above("5%").withAtLeast(20);
const means = "a broken build, or a partner who misuses the API";
const health = dashboard("Sandbox Health", {
  charts: [
    chart("Requests", api.requests),
    chart("Error rate", errorRate(api).over("5m")),
    chart("Latency p95", latency(api).p95),
    chart("Database connections", db.connections),
    chart("Load", saturation(api)),
    chart("Spent today", budget.dayToDate),
  ],
});

const main = onPush("main");
const tested = check("test", { on: main, steps: ["npm ci", "npm test"], blocks: "release" });

const google = { organisation: "proveniq-org", runs: "gke" } as const;
const production = gcp("proveniq-ledger-production", {
  ...google,
  purpose: "The ledger itself",
  managed: "elsewhere",
  production: true,
  cluster: { name: "ledger-cluster-production", autopilot: true },
  data: real("ledger", { of: db }),
});

const small = "low volume, functional testing";
const single = "no high availability is needed in a sandbox";

export default product("proveniq-ledger", {
  title: "Proveniq Ledger",
  document: {
    id: "backend_devops_sandbox_infra_v1",
    title: "Sandbox Infrastructure & CI/CD",
    version: "1.0",
    phase: "3 - Integration Sandbox & Alpha Pilots",
    status: "approved",
    classification: "L2_SENSITIVE",
    updated: "2024-12-10",
  },
  repository: github("proveniq/ledger"),
  services: [api],
  approvals: [design, opening],
  watch: { tools: { metrics: ["cloud"], dashboards: "cloud", alerts: ["cloud"] } },

  pipeline: pipeline({
    title: "Deploy to Sandbox",
    runsOn: ["github actions"],
    checks: [tested],
    images: { registry: "gcr.io/<project>/<service>:<sha>", repository: "artifact registry", tag: "sha", on: [main] },
    infrastructure: {
      root: "infrastructure/terraform/environments/<environment>",
      state: { in: "gcs", bucket: "proveniq-ledger-tf-state", locked: true, versioned: true, perEnvironment: true },
      review: "pull request",
    },
    identity: "github oidc",
  }),

  environments: {
    local: local({
      purpose: "A laptop",
      logLevel: "debug",
      onlyData: "synthetic",
      data: claims,
      flags,
      with: [partners, onRequest],
    }),
    sandbox: gcp("proveniq-ledger-sandbox", {
      ...google,
      purpose: "Integration sandbox for partners",
      cluster: { name: "ledger-cluster-sandbox", autopilot: true },
      deploy: main,
      release: rolling({
        requires: [design.given, tested.passed],
        before: [db.migrate],
        after: [healthy(api)],
        rollbackOn: [failing],
      }),
      data: claims,
      onlyData: "synthetic",
      isolated: {
        from: production,
        of: ["project", "network", "data", "secrets"],
        provenBy: policy("no way to production", { forbids: ["access to production"], before: "apply" }),
      },
      mirrors: {
        environment: production,
        except: [
          { of: db, in: "size", because: small },
          { of: db, in: "highAvailability", because: single },
          { of: cache, in: "memory", because: small },
          { of: cache, in: "tier", because: single },
          { of: api, in: "scale", because: small },
          ...alpha.map((of) => ({ of, in: "is", because: "alpha features are tried out here first" })),
        ],
      },
      overrides: [
        set(db, { size: "db-custom-1-3840", highAvailability: false }),
        set(cache, { memory: "1Gi", tier: "basic" }),
        set(api, { scale: { min: 1, max: 5, idle: { after: "30m", to: 0 } } }),
      ],
      flags,
      limits: { pods: 5, connections: 50, spend: budget({ daily: 20, to: team, atCap: "scale to zero" }) },
      with: [
        partners,
        everySunday,
        onRequest,
        alert("Error rate", { when: failing, severity: "warning", to: team, owner: devops, means }),
        health,
      ],
    }),
    production,
  },
});
