import { check, daily, onMerge, onPullRequest, onSchedule, pipeline, policy, weekly } from "gantry";
import { migrationSql } from "./things.ts";

// How it is built

const pullRequest = onPullRequest();
export const main = onMerge("main");
const states = "bytereview-tf-state";
const gate = { on: [pullRequest, main], blocks: "merge" } as const;
const safeCloud = policy("safe cloud", { forbids: ["wildcard iam", "public bucket"], before: "merge" });
export const tested = [
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

export const delivery = pipeline({
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
});
