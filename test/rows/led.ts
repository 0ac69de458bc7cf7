import type { Row } from "./row.ts";

const sandbox = "environments.sandbox";
const devops = [{ ref: "channels.slack #devops" }];

export const rows: readonly Row[] = [
  {
    id: "LED-01",
    what: "The sandbox is a project of its own, and nothing in it reaches production's data or secrets.",
    works:
      "check refuses a project shared with production; synth makes the project's own, where production is not named (test/synth/terraform-gcp.test.ts), and a policy that refuses every way there (test/synth/policies.test.ts).",
    values: {
      [`${sandbox}.project`]: "proveniq-ledger-sandbox",
      [`${sandbox}.organisation`]: "proveniq-org",
      [`${sandbox}.runs`]: "gke",
      [`${sandbox}.cluster.name`]: "ledger-cluster-sandbox",
      "services.api.deployment.name": "ledger-api",
      "resources.db.kind": "postgres",
      "resources.documents.kind": "bucket",
      "resources.db.urlIn": { ref: "secrets.database-url" },
      "services.api.env.GEMINI_API_KEY": { ref: "secrets.gemini-api-key" },
      [`${sandbox}.isolated.from`]: { ref: "environments.production" },
      [`${sandbox}.isolated.of`]: ["project", "network", "data", "secrets"],
      [`${sandbox}.isolated.provenBy`]: { ref: "policies.no way to production" },
      'policies["no way to production"].forbids': ["access to production"],
      'policies["no way to production"].before': "apply",
      "environments.production.project": "proveniq-ledger-production",
      "environments.production.production": true,
      "environments.production.managed": "elsewhere",
    },
  },
  {
    id: "LED-02",
    what: "The sandbox is as small as it can be: one replica, which sleeps when idle, a small database, a small cache.",
    works:
      "check knows the sizes that can be had; synth makes them (test/synth/terraform-gcp.test.ts), with no pod while nobody calls (test/synth/kubernetes.test.ts); here what is idle sleeps (test/platform/survives.test.ts).",
    values: {
      [`${sandbox}.cluster.autopilot`]: true,
      [`${sandbox}.overrides.services.api.scale.min`]: 1,
      [`${sandbox}.overrides.services.api.scale.idle.after`]: "30m",
      [`${sandbox}.overrides.services.api.scale.idle.to`]: 0,
      [`${sandbox}.overrides.resources.db.size`]: "db-custom-1-3840",
      [`${sandbox}.overrides.resources.db.highAvailability`]: false,
      [`${sandbox}.overrides.resources.cache.memory`]: "1Gi",
      [`${sandbox}.overrides.resources.cache.tier`]: "basic",
    },
  },
  {
    id: "LED-03",
    what: "A push to main is tested, built, tagged by its commit, its infrastructure applied, and rolled out.",
    works: "The spec says it; synth makes the workflow, and on this machine a release rolls out within the five pods.",
    values: {
      "pipeline.title": "Deploy to Sandbox",
      "pipeline.runsOn": ["github actions"],
      [`${sandbox}.deploy`]: [{ branch: "main", on: "push" }],
      "checks.test.on": [{ branch: "main", on: "push" }],
      "checks.test.steps": ["npm ci", "npm test"],
      "services.api.stack.language": "node",
      "services.api.build.context": ".",
      "pipeline.images.registry": "gcr.io/<project>/<service>:<sha>",
      "pipeline.images.tag": ["sha"],
      "pipeline.infrastructure.root": "infrastructure/terraform/environments/<environment>",
      [`${sandbox}.release.requires[1]`]: { gate: "check", check: { ref: "checks.test" } },
      [`${sandbox}.release.after[0]`]: { gate: "health", of: { ref: "services.api" } },
    },
  },
  {
    id: "LED-04",
    what: "Three alpha features are on in the sandbox, by variables of the service.",
    works:
      "Flags are variables of the service: in the cluster (test/synth/kubernetes.test.ts), and here (src/targets/local/service-env.test.ts), where the API goes by them (test/examples/ledger.test.ts).",
    values: {
      "flags.ENABLE_WEBHOOKS.variableOf": { ref: "services.api" },
      "flags.ENABLE_DEMO_DATA_GENERATOR.variableOf": { ref: "services.api" },
      "flags.MOCK_GEMINI_AI.variableOf": { ref: "services.api" },
      "flags.MOCK_GEMINI_AI.because": "it saves the cost of AI calls",
      [`${sandbox}.flags[0]`]: { ref: "flags.ENABLE_WEBHOOKS", is: true },
      [`${sandbox}.flags[1]`]: { ref: "flags.ENABLE_DEMO_DATA_GENERATOR", is: true },
      [`${sandbox}.flags[2]`]: { ref: "flags.MOCK_GEMINI_AI", is: true },
    },
  },
  {
    id: "LED-05",
    what: "A script lets a partner in: a partnerId, a key, ten sample claims, and the credentials printed.",
    works:
      "synth writes the script: it makes a partner, keeps the key's hash, adds ten claims and prints the credentials (test/synth/scripts-provision.test.ts).",
    values: {
      "tenants.partners.key": "partnerId",
      "tenants.partners.in": { ref: "resources.db" },
      "tenants.partners.credentials": ["API key"],
      "tenants.partners.provision.script": "scripts/provision-sandbox-tenant.sh",
      "tenants.partners.provision.seed": { ref: "datasets.sample claims" },
      "tenants.partners.provision.prints": ["partnerId", "API key"],
      'datasets["sample claims"].rows.claims': 10,
    },
  },
  {
    id: "LED-06",
    what: "Every Sunday at 03:00 UTC the sandbox's database is wiped and seeded again.",
    works: "The spec says it, and check refuses to seed it with real data (test/errors.test.ts); data wipes and seeds later.",
    values: {
      "resets.weekly.of": { ref: "resources.db" },
      "resets.weekly.schedule": "0 3 * * 0",
      "resets.weekly.seeds": { ref: "datasets.sample claims" },
    },
  },
  {
    id: "LED-07",
    what: "A partner asks in the portal for a reset, and it clears that partner's rows and no others.",
    works:
      "The spec says it; the API that stands in here clears a partner's rows and no others when asked (test/examples/ledger.test.ts); data makes it a job of Gantry's later.",
    values: {
      'resets["on request"].of': { ref: "resources.db" },
      'resets["on request"].only': { ref: "tenants.partners" },
      'resets["on request"].askedIn': "portal",
      'resets["on request"].seeds': { ref: "datasets.sample claims" },
      'resets["on request"].seedsIf': "asked",
    },
  },
  {
    id: "LED-08",
    what: "A dashboard in Cloud Monitoring shows how the sandbox is.",
    works:
      "synth draws what the cloud measures of it (test/synth/monitoring-cloud.test.ts), Terraform brings it (test/synth/monitoring-terraform.test.ts); here every chart has values (test/platform/example-dashboards.test.ts).",
    values: {
      "tools.dashboards": "cloud",
      'dashboards["Sandbox Health"].charts[0].shows[0].measure': "requests",
      'dashboards["Sandbox Health"].charts[1].shows[0].measure': "errorRate",
      'dashboards["Sandbox Health"].charts[3].shows[0].measure': "connections",
      'dashboards["Sandbox Health"].charts[5].shows[0].measure': "dayToDate",
      [`${sandbox}.with[4]`]: { ref: "dashboards.Sandbox Health" },
    },
  },
  {
    id: "LED-09",
    what: "Somebody is told when more than 5 % of requests fail.",
    works:
      "It fires when the document says so and not before, here (test/signals/alerts-of-the-documents.test.ts) and by promtool (test/synth/monitoring-promtool.test.ts).",
    values: {
      'alerts["Error rate"].when.signal.measure': "errorRate",
      'alerts["Error rate"].when.is': "above",
      'alerts["Error rate"].when.value': "5%",
      'alerts["Error rate"].to': devops,
      'alerts["Error rate"].means': "a broken build, or a partner who misuses the API",
    },
  },
  {
    id: "LED-10",
    what: "Five pods, 50 connections and 20 dollars a day are the most there can be.",
    works:
      "Pods end at five (test/platform/example-releases.test.ts), connections at 50 (test/synth/terraform-gcp-plan.test.ts); 20 dollars ring (test/signals/alerts-of-the-documents.test.ts), cost scales to zero later.",
    values: {
      [`${sandbox}.limits.pods`]: 5,
      [`${sandbox}.limits.connections`]: 50,
      [`${sandbox}.limits.spend.daily`]: 20,
      [`${sandbox}.limits.spend.to`]: devops,
      [`${sandbox}.limits.spend.atCap`]: "scale to zero",
      [`${sandbox}.overrides.services.api.scale.max`]: 5,
      "services.api.pool.max": 6,
    },
  },
  {
    id: "LED-11",
    what: "The sandbox is like production but for what is said, and holds synthetic data only.",
    works:
      "check refuses data of another kind (test/errors.test.ts), and gantry diff shows where the two differ (test/cli.test.ts); policy holds each difference to what is meant later.",
    values: {
      [`${sandbox}.mirrors.environment`]: { ref: "environments.production" },
      [`${sandbox}.mirrors.except[0]`]: { of: { ref: "resources.db" }, in: "size", because: "low volume, functional testing" },
      [`${sandbox}.mirrors.except[1].in`]: "highAvailability",
      [`${sandbox}.mirrors.except[2].in`]: "memory",
      [`${sandbox}.mirrors.except[3].because`]: "no high availability is needed in a sandbox",
      [`${sandbox}.mirrors.except[4].of`]: { ref: "services.api" },
      [`${sandbox}.mirrors.except[5].of`]: { ref: "flags.ENABLE_WEBHOOKS" },
      [`${sandbox}.onlyData`]: "synthetic",
      [`${sandbox}.data`]: { ref: "datasets.sample claims" },
      'datasets["sample claims"].kind': "synthetic",
    },
  },
  {
    id: "LED-12",
    what: "One approval is given and gates every release; one is pending, and until it is given no partner is let in.",
    works:
      "A release asks for the one that is given (test/platform/example-releases.test.ts); the script that lets partners in refuses while the other is pending (test/synth/scripts-provision.test.ts).",
    values: {
      'roles["Backend/DevOps"].may': ["operate", "approve"],
      "roles.CTO.may": ["approve"],
      'approvals["Backend/DevOps"].by': { ref: "roles.Backend/DevOps" },
      'approvals["Backend/DevOps"].given': "2024-12-10",
      "approvals.CTO.by": { ref: "roles.CTO" },
      "approvals.CTO.pending": true,
      [`${sandbox}.release.requires[0]`]: { gate: "signed", approval: { ref: "approvals.Backend/DevOps" } },
      "tenants.partners.provision.requires": [{ gate: "signed", approval: { ref: "approvals.CTO" } }],
    },
  },
];
