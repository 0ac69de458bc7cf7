import {
  alert,
  byHand,
  channel,
  chart,
  check,
  dashboard,
  errorRate,
  gcp,
  github,
  healthy,
  here,
  latency,
  local,
  logs,
  onPush,
  pipeline,
  policy,
  postgres,
  product,
  python,
  redis,
  role,
  rolling,
  secret,
  service,
  set,
  statedCosts,
  uptimeCheck,
  type GcpOptions,
} from "gantry";

const devops = role("devops", { members: ["devops@codementor.example"], may: ["operate", "approve"] });
const ops = [channel.slack("#codementor-ops"), channel.email("devops@codementor.example")];
const main = onPush("main");

// Sizes here are production's; dev says how much smaller it is.
const db = postgres("db", {
  version: 15,
  instance: "codementor-db",
  database: "codementor",
  user: "codementor",
  password: secret("database-password", { generated: true }),
  urlIn: secret("database-url"),
  size: "db-custom-2-7680",
  highAvailability: true,
  backup: { dump: "daily", pitr: "7d" },
  migrations: {
    folder: "backend/alembic",
    here: "migrations",
    tool: "alembic",
    apply: "alembic upgrade head",
    revert: "alembic downgrade -1",
  },
});
const cache = redis("cache", {
  version: "7.0",
  instance: "codementor-cache",
  urlIn: secret("redis-url"),
  memory: "2Gi",
  tier: "standard",
});

const backend = service("backend", {
  stack: python("3.11", { framework: "fastapi", tools: ["alembic"] }),
  here: here("services/backend.ts"),
  build: {
    context: "backend",
    file: "backend/Dockerfile",
    base: "python:3.11-slim",
    multiStage: true,
    nonRoot: true,
    healthCheck: true,
    cacheDependencies: true,
  },
  health: { path: "/health", ready: "/health/ready" },
  metrics: "/metrics",
  uses: [db, cache],
  copesWithout: [cache],
  env: { DATABASE_URL: db.url, REDIS_URL: cache.url },
  cors: { origins: ["http://localhost:3000"] },
  account: "codementor-backend",
  size: { cpu: 2, memory: "1Gi" },
  scale: { min: 1, max: 10 },
});

const tests = check("tests", { on: main, folder: "backend", steps: ["python -m pytest"], blocks: "release" });
const shipping = { requires: [tests.passed], before: [db.migrate], after: [healthy(backend)], notify: ops };

const google: GcpOptions = {
  region: "us-central1",
  zone: "us-central1-a",
  organisation: "<organisation>", // asked for at set-up, as is the billing account
  billing: "<billing account>",
  runs: "cloud run",
  secretsIn: "secret manager",
  network: {
    name: "codementor-vpc",
    range: "10.128.0.0/20",
    peering: true,
    internalOnly: true,
    tlsInside: true,
    connector: { machine: "f1-micro", min: 2, max: 3 },
  },
  apis: [
    "compute",
    "servicenetworking",
    "vpcaccess",
    "sqladmin",
    "redis",
    "run",
    "cloudbuild",
    "artifactregistry",
    "secretmanager",
    "logging",
    "monitoring",
  ],
  verified: ["project", "apis", "databases", "caches", "secrets", "network"],
};

const dev = gcp("codementor-dev", {
  ...google,
  deploy: main,
  release: rolling(shipping),
  overrides: [
    set(backend, { size: { cpu: 1, memory: "512Mi" }, scale: { min: 0 } }),
    set(db, { size: "db-f1-micro", highAvailability: false }),
    set(cache, { memory: "1Gi", tier: "basic" }),
  ],
  costs: statedCosts({
    lines: [
      { line: "Cloud SQL", of: db, stated: 15 },
      { line: "Memorystore", of: cache, stated: 30 },
      { line: "Cloud Run", of: backend, stated: [5, 20] },
      { line: "VPC Network", of: "network", stated: 0 },
      { line: "VPC Connector", of: "connector", stated: 10 },
      { line: "Secret Manager", of: "secrets", stated: [0, 1] },
      { line: "Monitoring/Logging", of: "monitoring", stated: 5 },
    ],
    total: [65, 80],
    estimate: [50, 100],
  }),
});

const prod = gcp("codementor-prod", {
  ...google,
  production: true,
  domain: [backend.at("api.codementor.example")],
  network: { ...google.network, certificates: "managed", dns: "cloud dns" },
  deploy: byHand({ version: "required", role: devops }),
  release: rolling({ ...shipping, requires: [tests.passed, dev.green], before: [db.snapshot, db.migrate] }),
  overrides: [set(backend, { cors: { origins: ["https://codementor.example"] } })],
  costs: statedCosts({ estimate: [200, 500] }),
});

export default product("codementor", {
  title: "CodeMentor LLM Coding Tutor Platform",
  document: {
    id: "A1",
    title: "Infrastructure Setup",
    phase: "Phase 0 - MVP Foundation, Stage 1",
    status: "completed",
    updated: "2025-12-05",
  },
  repository: github("codementor/codementor"),
  services: [backend],
  roles: [devops],
  policies: [
    policy("safe", { forbids: ["public database", "wildcard iam", "unencrypted data", "secret in code"], before: "apply" }),
  ],

  pipeline: pipeline({
    runsOn: ["cloud build"],
    file: "infrastructure/gcp/cloudbuild.yaml",
    account: "codementor-deployer",
    machine: "E2_HIGHCPU_8",
    timeout: "20m",
    checks: [tests],
    images: {
      repository: "artifact registry",
      registry: "<region>-docker.pkg.dev/<project>/codementor/<service>:<sha>",
      tag: "sha",
      on: [main],
    },
    notify: ops,
  }),

  watch: {
    tools: { metrics: ["cloud"], dashboards: "cloud", alerts: ["cloud"], logs: "cloud" },
    logs: logs({ keep: "30d" }),
    uptime: [uptimeCheck("backend answers", { of: backend.health, every: "5m", to: ops })],
    alerts: [
      alert("API errors", {
        when: errorRate(backend).over("5m").above("5%").withAtLeast(20),
        severity: "critical",
        to: ops,
        owner: devops,
      }),
    ],
    dashboards: [
      dashboard("CodeMentor", {
        charts: [
          chart("Requests", backend.requests),
          chart("Errors", errorRate(backend)),
          chart("Latency", latency(backend).p95),
          chart("Database connections", db.connectionsUsed),
          chart("Cache memory", cache.memory),
        ],
      }),
    ],
  },

  files: {
    settings: "infrastructure/gcp/configs/project.env",
    scripts: {
      folder: "infrastructure/gcp/scripts",
      parts: {
        project: "00-setup-project.sh",
        network: "01-setup-network.sh",
        database: "02-provision-database.sh",
        cache: "03-provision-redis.sh",
        services: "04-setup-cloud-run.sh",
        pipeline: "05-setup-ci-cd.sh",
        monitoring: "06-setup-monitoring.sh",
      },
      all: "deploy-all.sh",
      confirms: true,
      progress: true,
      idempotent: true,
    },
    guide: {
      file: "infrastructure/gcp/README.md",
      sections: ["deployment", "diagram", "sizes", "cost", "troubleshooting", "security", "clean-up"],
    },
  },

  environments: { local: local({ logLevel: "debug" }), dev, prod },
});
