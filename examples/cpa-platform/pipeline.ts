import { check, onMerge, onPullRequest, pipeline } from "gantry";
import { backend, cache, db, typesense } from "./things.ts";
import { team } from "./watch.ts";

export const main = onMerge("main");
export const smokeTests = "npx playwright test --project=chromium --grep @smoke";
export const smokeTestsOfProduction = `${smokeTests} --config=playwright.prod.config.ts`;

// On main too: what goes to staging and production is what main built, and has to be tested itself.
const everyChange = { on: [onPullRequest(), main], blocks: "merge" } as const;

const backendCheck = check("backend-check", {
  ...everyChange,
  folder: "backend",
  beside: [db, cache],
  steps: ["cargo check", "cargo clippy -- -D warnings", "cargo test", "cargo audit", "sqlx prepare --check"],
});
const frontendCheck = check("frontend-check", {
  ...everyChange,
  folder: "frontend",
  steps: ["npm ci", "npx tsc --noEmit", "npx eslint .", "npx vitest run --coverage", "npm audit --audit-level=critical"],
  report: "coverage",
});
export const zap = check("security-scan", {
  ...everyChange,
  steps: ["zap-baseline.py -t http://localhost:8080"],
  target: "http://localhost:8080",
  beside: [db, cache, backend],
  report: "zap",
});
const integration = check("integration-tests", {
  ...everyChange,
  needs: [backendCheck, frontendCheck],
  beside: [db, cache, typesense],
  steps: ["cargo test --test integration", "npx playwright test --project=chromium"],
});

export const checks = [backendCheck, frontendCheck, zap, integration];

export const delivery = pipeline({
  runsOn: ["github actions"],
  checks,
  images: { repository: "ecr", registry: "<account>.dkr.ecr.<region>.amazonaws.com/<service>:<sha>", tag: "sha", on: [main] },
  infrastructure: {
    terraform: "1.8",
    root: "infra/<environment>",
    state: { in: "s3", bucket: "cpa-terraform-state", locked: true, versioned: true, encrypted: true, perEnvironment: true },
  },
  identity: "github oidc",
  notify: team,
});
