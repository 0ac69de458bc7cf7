import {
  alert,
  bucket,
  budget,
  canary,
  channel,
  chart,
  check,
  cron,
  dashboard,
  daily,
  errorRate,
  flag,
  frontend,
  gameDay,
  gcp,
  github,
  healthy,
  here,
  jobFailures,
  jobRuntime,
  kmsKey,
  latency,
  loadTest,
  local,
  logs,
  metric,
  node,
  onMerge,
  onPullRequest,
  onSchedule,
  onTag,
  partner,
  pipeline,
  policy,
  postgres,
  product,
  python,
  queue,
  queueDepth,
  redis,
  rolling,
  secret,
  securityTest,
  seed,
  service,
  set,
  slo,
  testIncident,
  topic,
  traces,
  uptimeCheck,
  weekly,
  worker,
  type Percent,
} from "gantry";

const ops = channel.slack("#ops");
const oncall = channel.pagerduty("platform", { key: secret("pagerduty-key") });
const finance = channel.email("finance@bytereview.ai");

// What it keeps

const abroad = "us-east1";
const dumps = bucket("dumps", { versions: "30d", replicas: [{ region: abroad }] });
const documents = bucket("documents", { versions: "30d", restore: "copy previous version", replicas: [{ region: abroad }] });
const migrationSql = "alembic upgrade head --sql";
const db = postgres("db", {
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
const cache = redis("cache", { version: 7, memory: "1Gi" });
const extraction = queue("extraction", { on: cache, engine: "arq" });
const imports = queue("imports", { on: cache, engine: "arq" });
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

const web = frontend("frontend", {
  stack: node("20", { framework: "nextjs", tracing: "@vercel/otel" }),
  here: here("services/frontend.ts"),
  build: "frontend",
  health: "/health",
  metrics,
  scale: { min: 0, max: 10, idle },
});
const api = service("api", {
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
const extract = worker("worker-extract", {
  ...job,
  ...asked,
  scale,
  here: here("services/worker.ts", { args: ["extraction"] }),
  uses: [...uses, vertex],
  takes: extraction,
});
const importer = worker("worker-import", {
  ...job,
  ...asked,
  scale,
  here: here("services/worker.ts", { args: ["imports"] }),
  env: { ...env, EVENTS_TOPIC: events.id },
  uses: [...uses, drive, events.publish],
  takes: imports,
});
const sweep = cron("worker-sweep", {
  ...job,
  here: here("services/sweep.ts"),
  uses: [db, documents],
  schedule: daily("03:30"),
});

// The pages and the API know each other: one of the two can only be told afterwards.
const toApi = set(web, { env: { API_URL: api.url } });

// What is watched

const errors = errorRate(api).over("5m");
const failing = errors.above("2%").withAtLeast(20);
const promise = slo("API", { of: errorRate(api), target: "99.9%", over: "30d" });
const workers = [extract, importer];
const queues = [extraction, imports];
const answers = metric("vertex_responses_total", { type: "counter", of: extract });
const tokensUsed = metric("vertex_tokens_total", { type: "counter", of: extract, unit: "tokens" });

const pages = [
  alert("API errors", { when: failing, severity: "critical", to: oncall }),
  // Burning 14.4 times too fast is 2 % of the month's budget in an hour: known long before users are lost.
  alert("API promise at risk", { when: promise.burnRate.over("1h").above(14.4), severity: "critical", to: oncall }),
  alert("Redis memory", { when: cache.memory.above("80%"), severity: "warning", to: oncall }),
];
const outside = [uptimeCheck("API", { of: api, to: oncall }), uptimeCheck("App", { of: web, to: oncall })];
const monthSpent = alert("GCP budget", { when: budget.monthToDate.atLeast("85%"), severity: "warning", to: finance });
const costs = dashboard("GCP costs", {
  charts: [
    chart("Services that cost most", budget.spend.by("service").top(5), { as: "table" }),
    chart("Daily budget vs actual", [budget.daily, budget.spend.over("1d")]),
  ],
});

// How it is built

const pullRequest = onPullRequest();
const main = onMerge("main");
const states = "bytereview-tf-state";
const gate = { on: [pullRequest, main], blocks: "merge" } as const;
const safeCloud = policy("safe cloud", { forbids: ["wildcard iam", "public bucket"], before: "merge" });
const tested = [
  check("pytest", { ...gate, folder: "api", steps: ["python -m pytest"] }),
  check("vitest", { ...gate, folder: "frontend", steps: ["npx vitest run"] }),
  check("bandit", { ...gate, steps: ["bandit -r api worker"] }),
  check("semgrep", { ...gate, steps: ["semgrep ci"] }),
  check("migrations", { ...gate, folder: "api", steps: [migrationSql] }),
  check("terraform", {
    ...gate,
    folder: "infra/envs/prod",
    steps: ["terraform init -backend=false", "terraform validate", "tfsec ."],
    policy: safeCloud,
  }),
];
const advisories = check("advisories", {
  on: onSchedule(weekly("monday", "06:00")),
  steps: ["pip-audit -r api/requirements.txt", "pip-audit -r worker/requirements.txt", "npm audit --prefix frontend"],
});

// How it is shipped

// A check that has not run for this very version, or a database not migrated for it, has not passed.
const shipped = {
  requires: [...tested.map((one) => one.passed), db.migrated],
  before: [db.migrate],
  after: [healthy(api), healthy(web)],
  rollbackOn: [failing],
};
const gradual = { default: "0%", first: "beta customers", sdk: "launchdarkly" } as const;
const integrations = flag("INTEGRATIONS_PHASE", { gates: api.routes("/api/integrations/*"), ...gradual });
const automations = flag("AUTOMATIONS_UI", { gates: web.routes("/automations/*"), ...gradual });

const spends = (monthly: number) => budget({ monthly, alertAt: ["50%", "75%", "90%"], to: finance });
const traced = (sample: Percent) => traces({ sample, baggage: ["job_id", "run_id", "op_id", "uid"], to: "cloud" });
// A check from outside would keep what is idle awake, and nobody is paged for a development environment.
const asleep = [...pages, ...outside];
const before = { workspace: "bytereview-preprod", flags: [integrations.on, automations.on] };

const staging = gcp("br-stage-<id>", {
  ...before,
  purpose: "Pre-prod validation, load and security tests",
  domain: "staging.bytereview.ai",
  deploy: main,
  release: canary([{ to: "10%", bake: "30m" }], shipped),
  overrides: [toApi],
  traces: traced("10%"),
  budget: spends(1_500),
  with: [
    testIncident("paging", { expects: oncall }),
    loadTest("load", { of: api, requestsPerSecond: 100, for: "15m", asserts: ["autoscaling", "cost", "alerts"] }),
    securityTest("attack", { of: api, command: "zap-baseline.py -t https://staging.bytereview.ai" }),
    gameDay("rollback", {
      does: "rollback",
      fault: "the new api answers 5xx",
      before: "the first customer's integration launch",
    }),
  ],
});

export default product("bytereview", {
  title: "ByteReview",
  document: { id: "6", title: "Dev Ops & Continuous Delivery", phase: "Integration Phase" },
  repository: github("bytereview/app"),
  services: [web, api, extract, importer, sweep],

  watch: {
    tools: { metrics: ["cloud"], dashboards: "cloud", alerts: ["cloud"], logs: "cloud", traces: "cloud" },
    logs: logs({
      fields: ["trace_id", "uid", "operation_id"],
      drop: [api.health, web.health, api.routes("/api/progress/*")],
      expectedSaving: "40%",
    }),
    slos: [promise],
    alerts: [
      ...pages,
      ...queues.map((one) =>
        alert(`Queue depth: ${one.name}`, { when: queueDepth(one).above(10_000).for("10m"), severity: "warning", to: ops }),
      ),
      alert("Cold starts", { when: latency(api).coldStart.p95.above("5s"), severity: "warning", to: ops }),
      monthSpent,
    ],
    dashboards: [
      dashboard("API SLO", {
        charts: [
          chart("Latency p95", latency(api).p95),
          chart("Error rate (5xx)", errors),
          chart("Request rate", api.requests),
          chart("Error budget left", promise.budgetLeft),
        ],
      }),
      dashboard("Workers", {
        charts: [
          chart("Queue depth", queues.map(queueDepth)),
          chart(
            "Job runtime p95",
            workers.map((one) => jobRuntime(one).p95),
          ),
          chart("Job failures", workers.map(jobFailures)),
        ],
      }),
      dashboard("Vertex usage", {
        charts: [
          chart("Tokens a day", tokensUsed.over("1d"), { as: "bar" }),
          chart("429 rate", answers.where({ code: "429" }).over("5m")),
        ],
      }),
      costs,
    ],
    uptime: outside,
  },
  spending: { recommendations: { schedule: weekly("monday", "08:00"), to: ops }, byService: true },

  pipeline: pipeline({
    runsOn: ["github actions"],
    checks: [...tested, advisories],
    images: {
      registry: "us-central1-docker.pkg.dev/<project>/bytereview/<service>:<sha>",
      repository: "artifact registry",
      tag: ["sha", "semver"],
      cache: true,
      sign: "cosign",
      on: [pullRequest, main],
    },
    infrastructure: {
      terraform: "1.8",
      root: "infra/envs/<environment>",
      variables: "main.tfvars",
      modules: {
        folder: "infra/modules",
        makes: {
          service: { name: "cloud_run_service", outputs: { url: "service_url", revision: "revision_name" } },
          cron: { name: "arq_cron" },
          postgres: {
            name: "cloud_sql_postgres",
            outputs: { connectionName: "connection_name", privateAddress: "DB_PRIVATE_IP" },
          },
          redis: { name: "redis_memorystore", outputs: { host: "host", port: "port" } },
          kms: { name: "kms_key", outputs: { id: "kms_key_id" } },
          topic: { name: "pubsub_topic" },
          dashboards: { name: "monitoring_dashboards" },
        },
      },
      state: {
        in: "gcs",
        bucket: states,
        locked: true,
        versioned: true,
        uniformAccess: true,
        perEnvironment: true,
        restore: `gcloud storage cat gs://${states}/<environment>/default.tfstate#<generation> | terraform state push -force -`,
      },
      deployer: { account: "bytereview-tf-deployer", identity: "github oidc" },
      plan: { detailedExitCode: true, comment: true },
      drift: daily("05:00"),
    },
    previewWithin: "10m",
    guide: "CONTRIBUTING.md",
  }),

  environments: {
    local: local({
      ...before,
      purpose: "A laptop",
      logLevel: "debug",
      data: seed("first steps", { of: db, rows: { documents: 20 } }),
      without: [...asleep, monthSpent, costs],
      overrides: [toApi],
    }),
    dev: gcp("br-dev-<id>", {
      ...before,
      purpose: "Feature branches; preview URLs per pull request",
      domain: "dev.bytereview.ai",
      deploy: main,
      release: rolling(shipped),
      without: asleep,
      previews: { on: onPullRequest({ label: "preview" }), traffic: "0%", comment: true, plan: true },
      offHours: { stop: [db], from: "0 19 * * 1-5", until: "0 7 * * 1-5" },
      overrides: [toApi, set(db, { autoRestart: false })],
      traces: traced("0%"),
      budget: spends(500),
    }),
    staging,
    prod: gcp("bytereview-prod", {
      purpose: "Customer traffic",
      production: true,
      workspace: "bytereview-prod",
      domain: [web.at("app.bytereview.ai"), api.at("api.bytereview.ai")],
      deploy: onTag("v*"),
      release: canary(
        [
          { to: "5%", bake: "15m" },
          { to: "50%", bake: "15m" },
        ],
        {
          ...shipped,
          requires: [...shipped.requires, staging.green, promise.burnBelow("2%", { within: "1h" })],
        },
      ),
      admitOnlySigned: true,
      standby: { region: abroad, mode: "cold", of: [db, documents], dnsCutOver: "infra/scripts/dns-cut-over.sh" },
      overrides: [
        toApi,
        set(api, { scale: { max: 50 } }),
        set(db, { size: "db-custom-4-15360", highAvailability: true }),
        set(cache, { memory: "5Gi", tier: "standard" }),
      ],
      traces: traced("95%"),
      budget: spends(10_000),
    }),
  },
});
