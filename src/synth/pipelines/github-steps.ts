import { word } from "../text/shell.ts";
import { type YamlValue, noted } from "../text/yaml.ts";
import { type Action, pinned } from "./github-actions.ts";
import { type Job, type Step, type Tool, type Value, joined, revisionLabel } from "./model.ts";
import type { Context, Map } from "./context.ts";
import { giver, literal, quoted, script, stepId, text } from "./github-words.ts";

// The steps of a job on GitHub Actions: its tools, who it is in the cloud, and what it does.

export function stepsOf(context: Context): readonly YamlValue[] {
  const { job } = context;
  const [first, ...rest] = job.steps;
  const prepared = [...job.tools.flatMap(toolSteps), ...identitySteps(context)];
  const own = first?.is === "checkout" ? [first, ...rest] : job.steps;
  const [head, ...tail] = own;
  const rendered = (step: Step): readonly YamlValue[] => stepOf(step, context);
  const all =
    head?.is === "checkout"
      ? [...rendered(head), ...prepared, ...tail.flatMap(rendered)]
      : [...prepared, ...own.flatMap(rendered)];
  return all;
}

export function uses(action: Action, given: Map = {}, name?: string): Map {
  return {
    ...(name === undefined ? {} : { name: literal(name) }),
    uses: pinned(action),
    ...(Object.keys(given).length === 0 ? {} : { with: given }),
  };
}

function toolSteps(tool: Tool): readonly YamlValue[] {
  switch (tool.tool) {
    case "node":
      return [
        uses("actions/setup-node", {
          "node-version": literal(tool.version),
          ...(tool.lock === undefined
            ? { "package-manager-cache": false }
            : { cache: "npm", "cache-dependency-path": literal(tool.lock) }),
        }),
      ];
    case "python":
      return [
        uses("actions/setup-python", {
          "python-version": literal(tool.version),
          ...(tool.lock === undefined ? {} : { cache: "pip", "cache-dependency-path": literal(tool.lock) }),
        }),
      ];
    case "rust": {
      const version = word(tool.version);
      const lock = tool.lock ?? "Cargo.lock";
      return [
        {
          name: "Rust",
          run: script(`rustup toolchain install ${version} --profile minimal --component clippy\nrustup default ${version}`),
        },
        uses("actions/cache", {
          path: literal(
            [
              "~/.cargo/bin",
              "~/.cargo/.crates*",
              "~/.cargo/registry",
              "~/.cargo/git",
              lock.replace(/Cargo\.lock$/, "target"),
            ].join("\n"),
          ),
          key: `cargo-\${{ runner.os }}-\${{ github.job }}-\${{ hashFiles(${quoted(lock)}) }}`,
        }),
      ];
    }
    case "terraform":
      return [uses("hashicorp/setup-terraform", { terraform_version: literal(tool.version), terraform_wrapper: false })];
    case "cosign":
      return [uses("sigstore/cosign-installer")];
    case "docker":
      return [uses("docker/setup-buildx-action")];
    case "cloud":
      return [];
  }
}

function identitySteps({ job }: Context): readonly YamlValue[] {
  const { identity, tools } = job;
  if (identity === undefined || !job.rights.includes("identity")) return [];
  const cloud = tools.some(({ tool }) => tool === "cloud");
  switch (identity.cloud) {
    case "gcp":
      return [
        uses("google-github-actions/auth", {
          workload_identity_provider: "${{ vars.GCP_WORKLOAD_IDENTITY_PROVIDER }}",
          service_account: text(identity.account, job),
        }),
        ...(cloud
          ? [
              uses("google-github-actions/setup-gcloud", {
                project_id: text(identity.project, job),
                ...(intoCluster(job) ? { install_components: "gke-gcloud-auth-plugin" } : {}),
              }),
            ]
          : []),
      ];
    case "aws":
      return [
        uses("aws-actions/configure-aws-credentials", {
          "role-to-assume": text(identity.account, job),
          "aws-region": text(identity.region, job),
        }),
      ];
    case "azure":
      return [
        uses("azure/login", {
          "client-id": text(identity.account, job),
          "tenant-id": "${{ vars.AZURE_TENANT_ID }}",
          "subscription-id": text(identity.project, job),
        }),
      ];
  }
}

function intoCluster({ steps }: Job): boolean {
  return steps.some((one) => one.is === "run" && one.script.includes("clusters get-credentials"));
}

function unless(name: string | undefined, job: Job): Map {
  return name === undefined ? {} : { if: `\${{ steps.${giver(job, name)}.outputs.${name} != 'true' }}` };
}

function stepOf(step: Step, context: Context): readonly YamlValue[] {
  const { job, workflow } = context;
  const value = (one: Value) => text(one, job, workflow);
  switch (step.is) {
    case "checkout":
      return [
        uses("actions/checkout", {
          ...(step.at === undefined ? {} : { ref: value(step.at) }),
          ...(step.history === true ? { "fetch-depth": 0 } : {}),
          "persist-credentials": false,
        }),
      ];
    case "run": {
      const env = { ...terraformIdentity(context), ...step.env };
      const body: Map = {
        name: literal(step.name),
        ...(step.gives === undefined ? {} : { id: stepId(step) }),
        ...(step.after === undefined ? {} : { if: step.after === "failure" ? "failure()" : "${{ !cancelled() }}" }),
        ...unless(step.unless, job),
        ...(step.folder === undefined ? {} : { "working-directory": value(step.folder) }),
        ...(Object.keys(env).length === 0
          ? {}
          : { env: Object.fromEntries(Object.entries(env).map(([key, one]) => [key, value(one)])) }),
        run: script([step.script, ...(step.gives ?? []).map((name) => `echo "${name}=$${name}" >> "$GITHUB_OUTPUT"`)].join("\n")),
      };
      return [step.comment === undefined ? body : noted(step.comment, body)];
    }
    case "image": {
      const scope = step.cache === undefined ? undefined : value(step.cache);
      return [
        {
          name: literal(step.name),
          ...unless(step.unless, job),
          ...uses("docker/build-push-action", {
            context: value(step.context),
            file: value(step.file),
            target: value(step.target),
            push: step.push,
            tags: step.tags.map(value).join("\n"),
            labels: value(joined(`${revisionLabel}=`, step.revision)),
            ...(scope === undefined
              ? {}
              : { "cache-from": `type=gha,scope=${scope}`, "cache-to": `type=gha,scope=${scope},mode=max` }),
          }),
        },
      ];
    }
    case "keep":
      return [
        {
          name: literal(step.name),
          ...(step.after === undefined ? {} : { if: "${{ !cancelled() }}" }),
          ...uses("actions/upload-artifact", {
            name: value(step.artifact),
            path: step.paths.map(value).join("\n"),
            "if-no-files-found": "error",
            "retention-days": step.days,
          }),
        },
      ];
    case "take":
      return [uses("actions/download-artifact", { name: value(step.artifact), path: value(step.folder) }, step.name)];
    case "green":
      return [
        {
          name: literal(step.name),
          env: {
            GH_TOKEN: "${{ github.token }}",
            GH_REPO: "${{ github.repository }}",
            COMMIT: value(step.commit),
          },
          run: script(
            [
              `run=$(gh run list --workflow ${step.workflow}.yml --commit "$COMMIT" --status success --limit 1 --json databaseId --jq '.[0].databaseId // empty')`,
              '[ -n "$run" ] || { echo "nothing green for $COMMIT" >&2; exit 1; }',
              ...(step.artifact === undefined ? [] : [`gh run download "$run" --name ${step.artifact} --dir ${step.artifact}`]),
            ].join("\n"),
          ),
        },
      ];
    case "comment":
      return [
        {
          name: literal(step.name),
          uses: "./.github/actions/comment",
          with: { mark: value(step.mark), file: value(step.file) },
        },
      ];
    case "show":
      return [{ name: literal(step.name), env: { FILE: value(step.file) }, run: 'cat "$FILE" >> "$GITHUB_STEP_SUMMARY"' }];
    case "call":
      return [];
  }
}

/** Terraform's provider for Azure asks GitHub for a token itself. */
function terraformIdentity({ job }: Context): Readonly<Record<string, Value>> {
  if (job.identity?.cloud !== "azure" || !job.tools.some(({ tool }) => tool === "terraform")) return {};
  return {
    ARM_USE_OIDC: "true",
    ARM_CLIENT_ID: job.identity.account,
    ARM_TENANT_ID: { from: "variable", name: "AZURE_TENANT_ID" },
    ARM_SUBSCRIPTION_ID: job.identity.project,
  };
}
