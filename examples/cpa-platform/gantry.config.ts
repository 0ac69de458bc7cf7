import {
  aws,
  blueGreen,
  byHand,
  demo,
  fixtures,
  github,
  healthy,
  local,
  onPullRequest,
  product,
  real,
  rolling,
  seed,
  set,
  smoke,
  together,
  type AwsOptions,
} from "gantry";
import { alerts } from "./alerts.ts";
import { checks, delivery, main, smokeTests, smokeTestsOfProduction, zap } from "./pipeline.ts";
import { runbooks } from "./runbooks.ts";
import { backend, cache, db, documents, firms, flow, localstack, temporal, typesense, web } from "./things.ts";
import { dashboards, team } from "./watch.ts";

const tenantData = real("tenants", { of: [db, documents] });

const amazon: AwsOptions = {
  runs: "ecs",
  region: "us-east-1",
  secretsIn: "secrets manager",
  network: {
    zones: 3,
    privateSubnets: true,
    loadBalancer: "alb",
    firewall: { rules: ["owasp core"], requestsPerMinute: 2_000 },
    cdn: "cloudfront",
    dns: "route 53",
    certificates: "acm",
    tlsInside: true,
  },
  audit: { calls: "cloudtrail", threats: "guardduty", compliance: "config" },
  without: [localstack],
};

// Migrations run before the new version takes traffic, everywhere.
const migrated = { before: [db.migrate], requires: [db.migrated], notify: [team] };
const answers = healthy(backend, { path: "/api/v1/health", every: "10s", tries: 30 });

// Run by others: Typesense Cloud, and a Temporal server that the document leaves open.
const hosted = [set(typesense, { external: true }), set(temporal, { external: true })];

// Where nobody's work depends on it, one database and one cache do.
const alone = { highAvailability: false, replicas: [] };
const single = set(cache, { size: "cache.t4g.small", cluster: false });
const smallDatabase = { ...alone, size: "db.t4g.medium" };

// One of each on one machine: a port of it belongs to one container.
const one = { scale: { min: 1, max: 1 } };
const onOneMachine = [set(backend, one), set(web, one), set(flow, one), set(cache, { cluster: false })];

const staging = aws("cpa-staging", {
  ...amazon,
  purpose: "Pre-production validation",
  cluster: { name: "cpa-staging" },
  domain: "staging.cpaplatform.io",
  deploy: main,
  data: tenantData.anonymised({ share: "5%" }),
  overrides: [...hosted, single, set(db, { ...smallDatabase, instance: "cpa-staging" })],
  release: rolling({
    ...migrated,
    requires: [...checks.map((check) => check.passed), db.migrated],
    after: [answers, smoke(smokeTests)],
  }),
});

const production = aws("cpa-prod", {
  ...amazon,
  purpose: "Live service",
  production: true,
  cluster: { name: "cpa-prod" },
  domain: "app.cpaplatform.io",
  deploy: byHand({ version: "required" }),
  data: tenantData,
  overrides: [...hosted, set(db, { instance: "cpa-prod" })],
  release: blueGreen({
    ...migrated,
    requires: [staging.green, zap.clean({ of: ["high", "critical"] }), db.migrated],
    before: [db.snapshot, db.migrate],
    after: [answers, smoke(smokeTestsOfProduction)],
    rollbackOn: ["any failure"],
  }),
});

export default product("cpa-platform", {
  title: "CPA platform",
  document: { title: "DevOps: Environments, CI/CD & Infrastructure", sourceOfTruth: "MASTER_SPEC.md" },
  repository: github("cpaplatform/cpa-platform"),
  services: [backend, web, flow],
  tenants: [firms],
  runbooks,
  pipeline: delivery,
  watch: {
    tools: {
      metrics: ["prometheus", "cloudwatch"],
      dashboards: "grafana",
      alerts: ["grafana"],
      logs: "loki",
      traces: "tempo",
      errors: "sentry",
    },
    alerts,
    dashboards,
  },
  files: { compose: "docker-compose.yml" },

  environments: {
    local: local({
      purpose: "Developer workstation",
      compose: "docker-compose.yml",
      envFile: ".env.local",
      domain: [web.at("localhost", { port: 3000 }), backend.at("localhost", { port: 8080 })],
      deploy: byHand(),
      data: seed("start", { of: db }),
      overrides: [...onOneMachine, set(db, alone), set(typesense, { container: { env: { TYPESENSE_API_KEY: "dev_key" } } })],
    }),
    ci: local({
      purpose: "Automated testing",
      ephemeral: true,
      deploy: onPullRequest(),
      data: fixtures("tests", { of: db }),
      overrides: [...onOneMachine, set(db, { ...alone, container: { env: { POSTGRES_DB: "test" } } })],
    }),
    staging,
    production,
    demo: aws("cpa-demo", {
      ...amazon,
      purpose: "Public demo instances",
      cluster: { name: "cpa-demo" },
      domain: "demo.cpaplatform.io",
      deploy: together(production),
      data: demo("firms", { of: [db, documents], rows: { firms: 3 } }),
      overrides: [...hosted, single, set(db, { ...smallDatabase, instance: "cpa-demo" })],
      release: rolling({ ...migrated, after: [answers] }),
    }),
  },
});
