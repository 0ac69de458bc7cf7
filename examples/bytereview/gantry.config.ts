import {
  budget,
  canary,
  flag,
  gameDay,
  gcp,
  github,
  healthy,
  loadTest,
  local,
  onPullRequest,
  onTag,
  product,
  rolling,
  securityTest,
  seed,
  set,
  testIncident,
  traces,
  weekly,
  type Percent,
} from "gantry";
import { delivery, main, tested } from "./pipeline.ts";
import { abroad, api, cache, db, documents, extract, importer, sweep, toApi, web } from "./things.ts";
import { alerts, costs, dashboards, failing, finance, kept, monthSpent, oncall, ops, outside, pages, promise } from "./watch.ts";

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
      of: api,
      fault: "the new api answers 5xx",
      injects: ["errors=50%"],
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
    logs: kept,
    slos: [promise],
    alerts,
    dashboards,
    uptime: outside,
  },
  spending: { recommendations: { schedule: weekly("monday", "08:00"), to: ops }, byService: true },

  pipeline: delivery,

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
