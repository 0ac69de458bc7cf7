import { expect, test } from "vitest";
import { parse } from "yaml";
import { fileOf, pipelineFiles, type System } from "../support/pipelines.ts";
import type { ExampleName } from "../support/synth.ts";

// Where each sentence of the five documents on pipelines is found: in which file, job and step.

type Row = readonly [row: string, system: System, example: ExampleName, file: string, job: string, found: RegExp, plain?: true];
const gh = (name: string) => `.github/workflows/${name}.yml`;
const [github, gitlab, cloud] = ["github actions", "gitlab ci", "cloud build"] as const;
const [led, byt, men, cpa, gov] = ["proveniq-ledger", "bytereview", "codementor", "cpa-platform", "ai-governance"] as const;
const sandbox = gh("deploy-to-sandbox");
const merged = gh("deploy-dev-and-staging");
const tagged = gh("deploy-prod");
const live = gh("deploy-production");

const rows: readonly Row[] = [
  ["LED-03 on push to main", github, led, sandbox, "", /branches:\n\s+- main/],
  ["LED-03 npm ci, npm test", github, led, sandbox, "test", /run: npm ci\n[\s\S]*run: npm test/],
  [
    "LED-03 image api:<sha>",
    github,
    led,
    sandbox,
    "images",
    /tags: gcr\.io\/proveniq-ledger-sandbox\/\$\{\{ matrix\.image \}\}:\$\{\{ github\.sha \}\}/,
  ],
  [
    "LED-03 apply in its folder",
    github,
    led,
    sandbox,
    "apply-sandbox",
    /working-directory: infrastructure\/terraform\/environments\/sandbox\n[\s\S]*terraform apply -input=false plan\.tfplan/,
  ],
  [
    "LED-03 roll out to GKE",
    github,
    led,
    sandbox,
    "release-sandbox",
    /ENVIRONMENT: sandbox\n[\s\S]*gantry release --to "\$ENVIRONMENT" --version "\$SHA" --wait/,
  ],
  [
    "LED-03 roll out to GKE",
    github,
    led,
    sandbox,
    "release-sandbox",
    /get-credentials[\s\S]*set image deployment\/ledger-api api="\$PREFIX\/api:\$SHA"/,
    true,
  ],
  ["BYT-07 pytest", github, byt, gh("ci"), "pytest", /run: python -m pytest/],
  ["BYT-07 vitest", github, byt, gh("ci"), "vitest", /run: npx vitest run/],
  ["BYT-07 bandit", github, byt, gh("ci"), "bandit", /run: bandit -r api worker/],
  ["BYT-07 semgrep", github, byt, gh("ci"), "semgrep", /run: semgrep ci/],
  [
    "BYT-07 images of all services",
    github,
    byt,
    gh("ci"),
    "images",
    /service: api[\s\S]*service: frontend[\s\S]*service: worker-extract[\s\S]*service: worker-import[\s\S]*service: worker-sweep/,
  ],
  [
    "BYT-07 tagged by SHA, in the registry",
    github,
    byt,
    gh("ci"),
    "images",
    /us-central1-docker\.pkg\.dev\/\$\{\{ vars\.DEV_GCP_PROJECT \}\}\/bytereview\/\$\{\{ matrix\.image \}\}:\$\{\{ github\.event\.pull_request\.head\.sha/,
  ],
  ["BYT-07 build cache", github, byt, gh("ci"), "images", /cache-from: type=gha/],
  ["BYT-08 the label", github, byt, gh("preview"), "preview", /labels\.\*\.name, 'preview'\)/],
  [
    "BYT-08 plan for dev",
    github,
    byt,
    gh("preview"),
    "plan-dev",
    /working-directory: infra\/envs\/dev[\s\S]*terraform plan[\s\S]*comment/,
  ],
  ["BYT-08 a revision with 0 %", github, byt, gh("preview"), "preview", /tag=pr-\$PR[\s\S]*--no-traffic --tag "\$tag"/],
  ["BYT-08 its URL as a comment", github, byt, gh("preview"), "preview", /actions\/comment\n\s+with:\n\s+mark: preview/],
  [
    "BYT-08 under 10 minutes, measured and kept",
    github,
    byt,
    gh("preview"),
    "preview",
    /preview\.json[\s\S]*retention-days: 90[\s\S]*-le 600/,
  ],
  ["BYT-09 apply", github, byt, merged, "apply-staging", /terraform apply -input=false plan\.tfplan/],
  [
    "BYT-09 10 % for 30 min, then 100 % after health",
    github,
    byt,
    merged,
    "release-staging",
    /- 10% of the traffic for 30m\n\s+# - 100% of the traffic\n\s+# - health of api at \/health/,
  ],
  [
    "BYT-09 the same without Gantry",
    github,
    byt,
    merged,
    "release-staging",
    /candidate=10"[\s\S]*seq 30[\s\S]*candidate=100"/,
    true,
  ],
  ["BYT-10 on a tag", github, byt, tagged, "", /tags:\n\s+- v\*/],
  [
    "BYT-10 5 % → 50 % (15 min) → 100 %",
    github,
    byt,
    tagged,
    "release-prod",
    /- 5% of the traffic for 15m\n\s+# - 50% of the traffic for 15m\n\s+# - 100% of the traffic/,
  ],
  [
    "BYT-10 the same without Gantry",
    github,
    byt,
    tagged,
    "release-prod",
    /name: 5% for 15m[\s\S]*candidate=5"[\s\S]*name: 50% for 15m[\s\S]*candidate=50"[\s\S]*candidate=100"/,
    true,
  ],
  ["BYT-10 the migration sentinel", github, byt, tagged, "release-prod", /waits for: db is migrated for this version/],
  ["BYT-10 the error budget", github, byt, tagged, "release-prod", /burn of the error budget API below 2% in 1h/],
  // 2 % of a month's budget of 0.1 % in one of its 720 hours.
  [
    "BYT-10 the error budget without Gantry",
    github,
    byt,
    tagged,
    "release-prod",
    /name: Error budget[\s\S]*failing api 1h 0\.0144 1/,
    true,
  ],
  ["BYT-10 staging first", github, byt, tagged, "version", /gh run list --workflow deploy-dev-and-staging\.yml --commit/],
  ["BYT-12 SQL offline", github, byt, gh("ci"), "migrations", /run: alembic upgrade head --sql/],
  [
    "BYT-12 before traffic",
    github,
    byt,
    merged,
    "release-staging",
    /migrate-db on db, before the new version gets traffic[\s\S]*10% of the traffic/,
  ],
  [
    "BYT-12 before traffic, without Gantry",
    github,
    byt,
    merged,
    "release-staging",
    /name: migrate-db[\s\S]*alembic upgrade head[\s\S]*--no-traffic --tag candidate/,
    true,
  ],
  [
    "BYT-20 weekly dependency scan",
    github,
    byt,
    gh("advisories"),
    "advisories",
    /pip-audit -r api\/requirements\.txt[\s\S]*npm audit --prefix frontend/,
  ],
  ["BYT-20 weekly", github, byt, gh("advisories"), "", /cron: 0 6 \* \* 1/],
  [
    "BYT-20 terraform validate and a security scan block the merge",
    github,
    byt,
    gh("ci"),
    "terraform",
    /terraform validate[\s\S]*tfsec \./,
  ],
  ["BYT-20 images signed", github, byt, merged, "images", /cosign sign --yes "\$IMAGE@\$digest"/],
  [
    "BYT-20 prod admits what is signed",
    github,
    byt,
    tagged,
    "promote-prod",
    /imagetools create[\s\S]*cosign verify[\s\S]*copy "\$SHA"[\s\S]*binauthz attestations sign-and-create/,
  ],
  [
    "BYT-21 workload identity",
    github,
    byt,
    tagged,
    "apply-prod",
    /id-token: write[\s\S]*workload_identity_provider[\s\S]*bytereview-tf-deployer@/,
  ],
  ["BYT-21 drift is seen", github, byt, gh("drift"), "drift-prod", /terraform plan -input=false -lock=false -detailed-exitcode/],
  [
    "BYT-21 plan gated by its exit code",
    github,
    byt,
    merged,
    "plan-staging",
    /-detailed-exitcode[\s\S]*0\) changed=false[\s\S]*2\) changed=true/,
  ],
  ["BYT-21 plan gated by its exit code", github, byt, merged, "apply-staging", /outputs\.changed == 'true'/],
  ["MEN-05 pytest", cloud, men, "infrastructure/gcp/cloudbuild.yaml", "id: tests", /python -m pytest/],
  ["MEN-05 image and push", cloud, men, "infrastructure/gcp/cloudbuild.yaml", "id: images-backend", /docker buildx build --push/],
  [
    "MEN-05 deploy with secrets",
    cloud,
    men,
    "infrastructure/gcp/cloudbuild.yaml",
    "id: release-dev",
    /database-url and redis-url from secret manager[\s\S]*ENVIRONMENT=dev\n[\s\S]*gantry release --to "\$ENVIRONMENT" --version "\$SHA" --wait/,
  ],
  [
    "MEN-05 deploy with secrets, without Gantry",
    cloud,
    men,
    "infrastructure/gcp/cloudbuild.yaml",
    "id: release-dev",
    /--update-secrets DATABASE_URL=database-url:latest,REDIS_URL=redis-url:latest/,
    true,
  ],
  ["MEN-05 on push to main", cloud, men, "infrastructure/gcp/cloudbuild.yaml", "", /Its trigger: a push to main/],
  ["MEN-05 timeout and machine", cloud, men, "infrastructure/gcp/cloudbuild.yaml", "", /machineType: E2_HIGHCPU_8/],
  [
    "CPA-03 backend-check",
    github,
    cpa,
    gh("ci"),
    "backend-check",
    /run: cargo check\n[\s\S]*run: cargo clippy -- -D warnings\n[\s\S]*run: cargo test\n[\s\S]*run: cargo audit\n[\s\S]*run: sqlx prepare --check/,
  ],
  [
    "CPA-03 its services",
    github,
    cpa,
    gh("ci"),
    "backend-check",
    /image: postgres:16[\s\S]*POSTGRES_DB: test[\s\S]*image: redis:7-alpine/,
  ],
  [
    "CPA-03 frontend-check",
    github,
    cpa,
    gh("ci"),
    "frontend-check",
    /run: npm ci\n[\s\S]*npx tsc --noEmit\n[\s\S]*npx eslint \.\n[\s\S]*npx vitest run --coverage\n[\s\S]*npm audit --audit-level=critical/,
  ],
  [
    "CPA-03 ZAP",
    github,
    cpa,
    gh("ci"),
    "security-scan",
    /docker run --detach --network host --name backend[\s\S]*zap-baseline\.py -t http:\/\/localhost:8080/,
  ],
  [
    "CPA-03 integration and Playwright",
    github,
    cpa,
    gh("ci"),
    "integration-tests",
    /needs:\n\s+- backend-check\n\s+- frontend-check[\s\S]*typesense\/typesense:27\.0[\s\S]*cargo test --test integration[\s\S]*npx playwright test --project=chromium/,
  ],
  [
    "CPA-04 images to ECR",
    github,
    cpa,
    gh("deploy-staging"),
    "images",
    /ecr get-login-password[\s\S]*dkr\.ecr\.us-east-1\.amazonaws\.com\/\$\{\{ matrix\.image \}\}:\$\{\{ github\.sha \}\}/,
  ],
  [
    "CPA-04 migrate, deploy, smoke",
    github,
    cpa,
    gh("deploy-staging"),
    "release-staging",
    /migrate on postgres, before[\s\S]*instance by instance[\s\S]*smoke test: npx playwright[\s\S]*Migrating after the deployment would/,
  ],
  [
    "CPA-04 in that order without Gantry",
    github,
    cpa,
    gh("deploy-staging"),
    "release-staging",
    /sqlx migrate run[\s\S]*aws ecs update-service[\s\S]*playwright test --project=chromium --grep @smoke/,
    true,
  ],
  ["CPA-05 by hand, with a version", github, cpa, live, "", /workflow_dispatch:\n\s+inputs:\n\s+version:/],
  [
    "CPA-05 the version is looked at first",
    github,
    cpa,
    live,
    "version",
    /VERSION: \$\{\{ inputs\.version \}\}[\s\S]*\[\[ "\$VERSION" =~/,
  ],
  [
    "CPA-05 staging green and ZAP clean",
    github,
    cpa,
    live,
    "version",
    /gh run list --workflow deploy-staging\.yml[\s\S]*gh run download "\$run" --name zap[\s\S]*riskcode \| tonumber\) >= 3/,
  ],
  [
    "CPA-05 snapshot, migrate, blue-green, health, smoke, notice, rollback",
    github,
    cpa,
    live,
    "release-production",
    /snapshot of postgres as pre-deploy-<run>[\s\S]*migrate on postgres[\s\S]*all traffic at once[\s\S]*\/api\/v1\/health, 30 times 10s[\s\S]*smoke test[\s\S]*rolls back on any failure[\s\S]*tells slack #cpa-platform/,
  ],
  [
    "CPA-05 without Gantry",
    github,
    cpa,
    live,
    "release-production",
    /snapshot="pre-deploy-\$RUN"[\s\S]*sqlx migrate run[\s\S]*Blue-green[\s\S]*seq 30[\s\S]*app\.cpaplatform\.io\/api\/v1\/health[\s\S]*sleep 10[\s\S]*playwright\.prod\.config\.ts[\s\S]*Back to what ran before\n\s+if: failure\(\)[\s\S]*Tell that it failed/,
    true,
  ],
  [
    "CPA-01 demo together with production",
    github,
    cpa,
    live,
    "release-demo",
    /needs:[\s\S]*- release-production[\s\S]*ENVIRONMENT: demo\n[\s\S]*gantry release --to "\$ENVIRONMENT" --version "\$SHA" --wait/,
  ],
  ["GOV-03 .env is validated before the build", github, gov, gh("ci"), "build", /needs: configuration/],
  ["GOV-03 and before the images", github, gov, gh("deploy-staging"), "images", /needs: checks/],
  ["GOV-07 lint", github, gov, gh("ci"), "lint", /run: npm run lint/],
  ["GOV-07 unit tests", github, gov, gh("ci"), "unit-tests", /run: npm test/],
  ["GOV-07 versioned images", github, gov, live, "promote-production", /\$SEMVER/],
  [
    "GOV-07 staging by itself",
    github,
    gov,
    gh("deploy-staging"),
    "release-staging",
    /ENVIRONMENT: staging\n[\s\S]*gantry release --to "\$ENVIRONMENT" --version "\$SHA" --wait/,
  ],
  [
    "GOV-07 production after approval",
    github,
    gov,
    live,
    "release-production",
    /reviewers of the environment production[\s\S]*approval by maintainers[\s\S]*environment: production\n/,
  ],
  [
    "GOV-07 integration and smoke tests after",
    github,
    gov,
    live,
    "release-production",
    /smoke test: npm run test:integration[\s\S]*smoke test: npm run test:smoke/,
  ],
  ["GOV-07 a notice", github, gov, live, "notice", /SLACK_WEBHOOK/],
  ["GOV-07 or GitLab CI: lint", gitlab, gov, ".gitlab/ci/ci.yml", "ci:lint", /npm run lint/],
  [
    "GOV-07 or GitLab CI: production by hand",
    gitlab,
    gov,
    ".gitlab/ci/deploy-production.yml",
    "deploy-production:release-production",
    /"web"[\s\S]*name: production[\s\S]*ENVIRONMENT: production\n[\s\S]*gantry release --to "\$ENVIRONMENT" --version "\$SHA" --wait/,
  ],
  ["GOV-08 state in Terraform Cloud", github, gov, live, "plan-production", /TF_TOKEN_app_terraform_io/],
  [
    "GOV-08 policies before apply",
    github,
    gov,
    live,
    "plan-production",
    /PLAN: infra\/terraform\/production\/plan\.json\n[\s\S]*conftest test "\$PLAN" --policy infra\/policies/,
  ],
  [
    "GOV-08 a person approves production's infrastructure",
    github,
    gov,
    live,
    "apply-production",
    /needs:[\s\S]*- plan-production[\s\S]*environment: production/,
  ],
];

const named = rows.map(([row, system, example, file, job, found, plain]) => ({ row, system, example, file, job, found, plain }));

test.each(named)("$row ($system, $file $job)", async ({ system, example, file, job, found, plain }) => {
  const files = new Map(
    (await pipelineFiles(system, { example, plain: plain === true, switches: {} })).map(({ path, text }) => [path, text]),
  );
  const part = partOf(files.get(file) ?? "", job);
  expect(`${part}\n${calledBy(part, files)}`).toMatch(found);
});

/** The job of a workflow that a job calls, with what it is given in the place of its inputs. */
function calledBy(part: string, files: ReadonlyMap<string, string>): string {
  const [body = {}] = Object.values(parse(part) as Record<string, { uses?: string; with?: Record<string, string> }>);
  const called = typeof body === "object" ? files.get(body.uses?.replace(/^\.\//, "") ?? "") : undefined;
  if (called === undefined) return "";
  const jobs = called.slice(called.indexOf("\njobs:\n"));
  return Object.entries(body.with ?? {}).reduce(
    (text, [name, value]) => text.replaceAll(`\${{ inputs.${name} }}`, () => value),
    jobs,
  );
}

/** A job or step of a file as it is written, with the comment above it. */
function partOf(text: string, job: string): string {
  if (job === "") return text;
  const lines = text.split("\n");
  const jobs = Math.max(0, lines.indexOf("jobs:"));
  const start = lines.findIndex((line, index) => index >= jobs && (line.trim() === `${job}:` || line.trim() === `- ${job}`));
  if (start < 0) throw new Error(`no ${job} in\n${text}`);
  let above = start;
  while ((lines[above - 1] ?? "").trim().startsWith("#")) above--;
  const indent = /^ */.exec(lines[start] ?? "")?.[0].length ?? 0;
  let end = start + 1;
  while (end < lines.length && (lines[end] === "" || (lines[end] ?? "").startsWith(" ".repeat(indent + 1)))) end++;
  return lines.slice(above, end).join("\n");
}

test("MEN-05 a step may take twenty minutes", async () => {
  const { steps } = parse(await fileOf("cloud build", "codementor", "infrastructure/gcp/cloudbuild.yaml")) as {
    readonly steps: readonly { readonly id: string; readonly timeout: string }[];
  };
  expect(steps.find(({ id }) => id === "images-backend")?.timeout).toBe("1200s");
});

test("without Gantry no file names it", async () => {
  for (const [system, example, file] of [
    ["github actions", "cpa-platform", live],
    ["gitlab ci", "ai-governance", ".gitlab/ci/deploy-production.yml"],
    ["cloud build", "codementor", "infrastructure/gcp/cloudbuild.yaml"],
  ] as const)
    expect(await fileOf(system, example, file, true)).not.toMatch(/gantry/i);
});
