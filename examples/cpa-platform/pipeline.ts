import { check, onMerge, onPullRequest, pipeline } from "gantry";
import { cache, db, typesense } from "./things.ts";
import { team } from "./watch.ts";

export const main = onMerge("main");
export const smokeTests = "npx playwright test --project=chromium --grep @smoke";

const pullRequest = { on: onPullRequest(), blocks: "merge" } as const;

const backendCheck = check("backend-check", {
  ...pullRequest,
  folder: "backend",
  beside: [db, cache],
  steps: ["cargo check", "cargo clippy -- -D warnings", "cargo test", "cargo audit", "sqlx prepare --check"],
});
const frontendCheck = check("frontend-check", {
  ...pullRequest,
  folder: "frontend",
  steps: ["npm ci", "npx tsc --noEmit", "npx eslint .", "npx vitest run --coverage", "npm audit --audit-level=critical"],
  report: "coverage",
});
// Every version that may go to production is scanned, so it runs on main too.
export const zap = check("security-scan", {
  on: [onPullRequest(), main],
  steps: ["zap-baseline.py -t http://localhost:8080"],
  target: "http://localhost:8080",
  beside: [db, cache],
  report: "zap",
});
const integration = check("integration-tests", {
  ...pullRequest,
  needs: [backendCheck, frontendCheck],
  beside: [db, cache, typesense],
  steps: ["cargo test --test integration", "npx playwright test --project=chromium"],
});

export const delivery = pipeline({
  runsOn: ["github actions"],
  checks: [backendCheck, frontendCheck, zap, integration],
  images: { repository: "ecr", registry: "<account>.dkr.ecr.<region>.amazonaws.com/<service>:<sha>", tag: "sha", on: [main] },
  infrastructure: {
    terraform: "1.8",
    root: "infra/<environment>",
    state: { in: "s3", bucket: "cpa-terraform-state", locked: true, versioned: true, encrypted: true, perEnvironment: true },
  },
  identity: "github oidc",
  notify: team,
});
