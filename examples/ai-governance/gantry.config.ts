import {
  alert,
  approvedBy,
  aws,
  azure,
  blueGreen,
  bucket,
  byHand,
  channel,
  chart,
  check,
  cpu,
  cron,
  daily,
  dashboard,
  drill,
  either,
  frontend,
  github,
  healthy,
  here,
  kmsKey,
  latency,
  local,
  memory,
  metric,
  monthly,
  node,
  onMerge,
  onPullRequest,
  pipeline,
  policy,
  postgres,
  product,
  proxy,
  role,
  secret,
  service,
  set,
  slo,
  smoke,
  uptime,
  uptimeCheck,
  type AwsOptions,
  type AzureOptions,
  type Environment,
  type EnvironmentOptions,
} from "gantry";

const maintainers = role("maintainers", { members: ["platform@governance.example"], may: ["operate", "approve", "administer"] });
const developers = role("developers", { members: ["engineering@governance.example"], may: ["view", "develop"] });
const deployments = channel.slack("#deployments");
const oncall = channel.pagerduty("governance-platform");

const restricted = { owner: maintainers };
const rotated = { ...restricted, generated: true, rotate: "90d", grace: "24h" } as const;
const backup = { dump: "daily", keep: "30d", encrypted: true, verify: daily("04:00") } as const;

const db = postgres("db", {
  version: 16,
  password: secret("database-password", rotated),
  urlIn: secret("database-url", restricted),
  highAvailability: true,
  maxConnections: 200,
  backup: { ...backup, pitr: "7d" },
  migrations: { folder: "server/prisma/migrations", here: "migrations", tool: "prisma", apply: "npx prisma migrate deploy" },
});
const evidence = bucket("evidence", {
  engine: "minio",
  urlIn: secret("minio-url", restricted),
  versions: "90d",
  lifeCycle: [{ after: "365d", to: "archive" }],
  backup,
});
const encryption = kmsKey("encryption", { rotate: "365d" });
const data = [db, evidence];
const access = {
  DATABASE_URL: db.url,
  MINIO_URL: evidence.url,
  MINIO_ACCESS_KEY: secret("minio-access-key", rotated),
  MINIO_SECRET_KEY: secret("minio-secret-key", rotated),
};

const image = { base: "node:20-slim", multiStage: true, nonRoot: true, cacheDependencies: true };
const health = { path: "/health/live", ready: "/health/ready" };

// A service is named after its container, and its deployment after its pod.
const client = frontend("client", {
  stack: node("20", { framework: "react", tools: ["vite"] }),
  here: here("services/client.ts"),
  build: { context: "client", ...image },
  develop: { reload: "vite", mount: ["client"] },
  deployment: { name: "frontend" },
  health,
  metrics: "/metrics",
  size: { cpu: 0.25, memory: "256Mi" },
});
const server = service("server", {
  stack: node("20", { framework: "express", tools: ["prisma"] }),
  here: here("services/server.ts"),
  build: { context: "server", ...image },
  develop: { reload: "nodemon", mount: ["server"] },
  deployment: { name: "backend" },
  port: 4000,
  paths: ["/api/*"],
  health,
  metrics: "/metrics",
  uses: [...data, encryption],
  env: { ...access, TOKEN_KEY: secret("token-key", rotated) },
  pool: { tool: "prisma", max: 8 },
  size: { cpu: 0.5, memory: "1Gi" },
});
const worker = cron("worker", {
  stack: node("20", { tools: ["prisma"] }),
  here: here("services/worker.ts"),
  build: { context: "worker", ...image },
  develop: { reload: "nodemon", mount: ["worker"] },
  deployment: { name: "cron" },
  schedule: "*/15 * * * *",
  uses: [...data, encryption],
  env: access,
  pool: { tool: "prisma", max: 5 },
  size: { cpu: 2, memory: "4Gi" },
});
const edge = proxy("proxy", {
  image: "nginxinc/nginx-unprivileged:1.28-alpine",
  here: here("services/proxy.ts"),
  health,
  uses: [client, server],
  env: { CLIENT_URL: client.url, SERVER_URL: server.url },
  size: { cpu: 0.25, memory: "128Mi" },
});

const availability = slo("availability", { of: uptime(edge), target: "99.9%", over: "30d", owner: maintainers });
const burning = alert("Downtime", {
  when: availability.burnRate.over("1h").above(14.4),
  severity: "critical",
  to: oncall,
  owner: maintainers,
});
const unsaved = alert("Backup failed", {
  when: db.backupFailures.over("1d").above("0%"),
  severity: "high",
  to: oncall,
  owner: maintainers,
});
const lagging = alert("Replica behind", {
  when: db.replicationLag.above("30s").for("5m"),
  severity: "high",
  to: oncall,
  owner: maintainers,
});
const failover = drill("failover", { does: "failover", of: data, schedule: monthly(1, "06:00"), to: oncall });

const main = onMerge("main");
const modules = [
  "network",
  "firewall",
  "load-balancer",
  "cluster",
  "postgres",
  "minio",
  "iam",
  "encryption",
  "monitoring",
  "scaling",
];
const safe = policy("safe", {
  engine: "opa",
  file: "infra/policies/infrastructure.rego",
  forbids: ["public bucket", "public database", "wildcard iam", "unencrypted data", "secret in code"],
  before: "apply",
});
const everyChange = { on: [onPullRequest(), main], blocks: "merge" } as const;
const lint = check("lint", { ...everyChange, steps: ["npm run lint"] });
const unit = check("unit tests", { ...everyChange, steps: ["npm test"] });
const configuration = check("configuration", { ...everyChange, steps: ["npm run env:check"] });
const build = check("build", { ...everyChange, needs: [configuration], steps: ["npm run build"] });
const policies = check("policies", {
  ...everyChange,
  blocks: "apply",
  policy: safe,
  steps: ["conftest test infra/terraform --policy infra/policies"],
});
const checks = [lint, unit, configuration, build, policies];

const shipping = {
  requires: checks.map((one) => one.passed),
  before: [db.snapshot, db.migrate],
  after: [healthy(client), healthy(server), smoke("npm run test:integration"), smoke("npm run test:smoke")],
  notify: [deployments],
};

const scale = { min: 2, max: 10, on: { cpu: "70%", memory: "80%" } } as const;
const scaled = [set(client, { scale }), set(server, { scale }), set(edge, { scale })];
const network = {
  name: "governance",
  zones: 3,
  privateSubnets: true,
  internalOnly: true,
  loadBalancer: "ingress",
  certificates: "cert-manager",
  tlsInside: true,
  internalDns: true,
} as const;
const onAws: AwsOptions = {
  network: { ...network, dns: "route 53" },
  runs: "eks",
  region: "eu-central-1",
  registry: "444455556666.dkr.ecr.<region>.amazonaws.com/governance/<service>:<sha>",
  secretsIn: "secrets manager",
};
const onAzure: AzureOptions = {
  network,
  runs: "aks",
  region: "westeurope",
  registry: "governance.azurecr.io/<service>:<sha>",
  secretsIn: "key vault",
};
const sizes = { aws: "db.r6g.large", azure: "GP_Standard_D4ds_v5" };

const rehearsal = (size: string): EnvironmentOptions => ({
  purpose: "QA, testing and validation before a release",
  domain: [edge.at("staging.governance.example")],
  integrations: "sandbox",
  deploy: main,
  release: blueGreen(shipping),
  overrides: [...scaled, set(db, { size })],
});
const live = (size: string, elsewhere: string, rehearsed: Environment): EnvironmentOptions => ({
  production: true,
  domain: [edge.at("app.governance.example")],
  integrations: "live",
  mirrors: {
    environment: rehearsed,
    except: data.map((of) => ({ of, in: "replicas", because: "only production has a second region" })),
  },
  standby: { region: elsewhere, mode: "warm", of: data, scripts: "infra/backups", dnsCutOver: "infra/backups/cut-over-dns.sh" },
  deploy: byHand({ version: "required", role: maintainers }),
  release: blueGreen({ ...shipping, requires: [...shipping.requires, rehearsed.green, approvedBy(maintainers)] }),
  overrides: [
    ...scaled,
    set(db, { size, replicas: [{ size }, { size, region: elsewhere }] }), // one for heavy reads, one to fail over to
    set(evidence, { replicas: [{ region: elsewhere }] }),
  ],
  with: [availability, burning, unsaved, lagging, failover],
});

const staging = {
  aws: aws("governance-staging", { ...onAws, ...rehearsal(sizes.aws) }),
  azure: azure("governance-staging", { ...onAzure, ...rehearsal(sizes.azure) }),
};
const production = {
  aws: aws("governance-production", { ...onAws, ...live(sizes.aws, "eu-west-1", staging.aws) }),
  azure: azure("governance-production", { ...onAzure, ...live(sizes.azure, "northeurope", staging.azure) }),
};

export default product("ai-governance", {
  title: "AI Governance Platform",
  document: { id: "5", title: "DevOps & Infrastructure" },
  repository: github("ai-governance/platform"),
  services: [client, server, worker, edge],
  roles: [maintainers, developers],

  pipeline: pipeline({
    runsOn: ["github actions"],
    identity: "github oidc",
    checks,
    images: { tag: ["semver", "sha"], immutable: true, on: [main] },
    infrastructure: {
      terraform: "1.9",
      root: "infra/terraform/<environment>",
      modules: {
        folder: "infra/terraform/modules",
        names: modules,
      },
      state: { in: "terraform cloud", encrypted: true, locked: true, versioned: true, perEnvironment: true },
      deployer: { account: "terraform", identity: "github oidc" },
      plan: { comment: true },
      review: "pull request",
      approvedBy: maintainers,
    },
    notify: deployments,
  }),

  watch: {
    tools: { metrics: ["prometheus"], dashboards: "grafana", alerts: ["alertmanager"], logs: "loki" },
    uptime: [uptimeCheck("from outside", { of: edge, to: oncall })],
    dashboards: [
      dashboard("API", { charts: [chart("Latency", latency(server).p95), chart("Throughput", server.requests)] }),
      dashboard("Database", {
        charts: [chart("Query duration", db.queryTime.p95), chart("Connection pool", db.connectionsUsed)],
      }),
      dashboard("Containers", {
        charts: [chart("CPU", cpu(server)), chart("Memory", memory(server)), chart("Uptime", uptime(edge))],
      }),
      dashboard("Governance", {
        charts: [
          chart("Framework executions", metric("framework_executions_total", { type: "counter", of: worker }).over("1h")),
          chart("Compliance checks", metric("compliance_checks_total", { type: "counter", of: worker }).over("1h")),
        ],
      }),
    ],
  },

  files: {
    root: "infra",
    terraform: "infra/terraform",
    scripts: { folder: "infra/scripts", names: ["deploy.sh", "migrate.sh", "clean-up.sh"] },
    kubernetes: "infra/kubernetes",
    monitoring: "infra/monitoring",
    policies: "infra/policies",
    backups: "infra/backups",
    env: { file: ".env.<environment>", validatedBy: configuration },
    ignored: ["*.tfvars", ".env.*", "credentials.json"],
  },

  environments: {
    development: local({
      compose: "docker-compose.yml",
      logLevel: "debug",
      overrides: [set(db, { external: true }), set(evidence, { external: true })],
    }),
    staging: either("cloud", staging),
    production: either("cloud", production),
  },
});
