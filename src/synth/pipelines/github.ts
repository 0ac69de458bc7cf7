import type { File } from "../file.ts";
import { identifier, slug } from "../names.ts";
import type { Subject } from "../subject.ts";
import { word } from "../text/shell.ts";
import { type YamlValue, noted, yaml } from "../text/yaml.ts";
import { type Action, pinned, withVersions } from "./github-actions.ts";
import {
  type Job,
  type Run,
  type Source,
  type Step,
  type Tool,
  type Trigger,
  type Value,
  type When,
  type Workflow,
  partsOf,
} from "./model.ts";

// GitHub Actions. Whatever text comes from the spec passes `literal`: only sources become expressions.

type Map = { readonly [key: string]: YamlValue | undefined };
type Context = {
  readonly subject: Subject;
  readonly workflow: Workflow;
  readonly workflows: readonly Workflow[];
  readonly job: Job;
};

export function githubFiles(subject: Subject, workflows: readonly Workflow[]): readonly File[] {
  const files = workflows.map((workflow) => ({
    path: `.github/workflows/${workflow.id}.yml`,
    text: workflowText(subject, workflow, workflows),
  }));
  const comments = workflows.some(({ jobs }) => jobs.some(({ steps }) => steps.some(({ is }) => is === "comment")));
  return [...files, ...(comments ? [{ path: ".github/actions/comment/action.yml", text: yaml(commentAction) }] : [])];
}

function workflowText(subject: Subject, workflow: Workflow, workflows: readonly Workflow[]): string {
  const asked = workflow.on.some(({ on }) => on === "pull request");
  const jobs = workflow.jobs.map((job) => ({ job, body: jobOf({ subject, workflow, workflows, job }) }));
  const settings = settingsOf(jobs.map(({ job, body }) => ({ place: job.environment, text: JSON.stringify(body) })));
  const body: Map = {
    name: literal(workflow.title),
    on: triggers(workflow.on),
    // Nobody is allowed anything but what his own job says.
    permissions: {},
    ...(asked
      ? {
          concurrency: {
            group: `${workflow.id}-\${{ github.event.pull_request.number || github.run_id }}`,
            "cancel-in-progress": workflow.id === "ci",
          },
        }
      : {}),
    defaults: { run: { shell: "bash" } },
    jobs: Object.fromEntries(jobs.map(({ job, body: one }) => [job.id, one])),
  };
  return withVersions(spaced(yaml(settings === undefined ? body : noted(settings, body), { plainKeys: true })));
}

/** What has to be set before the workflow can run, and where. */
function settingsOf(jobs: readonly { readonly place: string | undefined; readonly text: string }[]): string | undefined {
  const found = new Map<string, Set<string>>();
  for (const { place, text: body } of jobs)
    for (const [, kind, name = ""] of body.matchAll(/\$\{\{ (vars|secrets)\.(\w+) \}\}/g)) {
      // A name that begins with an environment's is asked for by jobs of several.
      const shared = kind === "vars" && /_(GCP_PROJECT|AWS_ACCOUNT_ID|AZURE_SUBSCRIPTION_ID)$/.test(name);
      const where = shared || place === undefined ? "the repository" : `the environment ${place}`;
      found.set(where, (found.get(where) ?? new Set()).add(`${name}${kind === "secrets" ? " (secret)" : ""}`));
    }
  if (found.size === 0) return undefined;
  return [
    "It needs these settings:",
    ...[...found].map(([where, names]) => `- of ${where}: ${[...names].toSorted().join(", ")}`),
  ].join("\n");
}

function triggers(on: readonly Trigger[]): Map {
  const found: Record<string, YamlValue> = {};
  const crons: Map[] = [];
  for (const one of on)
    switch (one.on) {
      case "push":
        found["push"] = { branches: [pattern(one.branch)] };
        break;
      case "tag":
        found["push"] = { tags: [literal(one.pattern)] };
        break;
      case "pull request":
        found["pull_request"] =
          one.label === undefined ? null : { types: ["opened", "labeled", "synchronize", "reopened", "closed"] };
        break;
      case "schedule":
        crons.push({ cron: one.cron });
        break;
      case "hand":
        found["workflow_dispatch"] = one.version
          ? {
              inputs: {
                version: {
                  description: "Commit or release tag to deploy",
                  required: true,
                  type: "string",
                },
              },
            }
          : null;
        break;
      case "call":
        found["workflow_call"] = null;
        break;
    }
  return { ...found, ...(crons.length === 0 ? {} : { schedule: crons }) };
}

/** A branch is meant by its name: what GitHub would take for a pattern is escaped. */
function pattern(branch: string): string {
  return literal(branch.replace(/[*?+[\]!\\]/g, (one) => `\\${one}`));
}

function jobOf(context: Context): YamlValue {
  const { job, workflow } = context;
  const [only] = job.steps;
  const condition = conditionOf(job, workflow);
  const head: Map = {
    name: literal(job.title),
    ...(job.needs.length === 0 ? {} : { needs: job.needs.length === 1 ? job.needs[0] : [...job.needs] }),
    ...(condition === undefined ? {} : { if: condition }),
  };
  const permissions = permissionsOf(job);
  if (only?.is === "call") return { ...head, permissions, uses: `./.github/workflows/${only.workflow}.yml` };
  const body: Map = {
    ...head,
    "runs-on": "ubuntu-24.04",
    ...(job.environment === undefined ? {} : { environment: job.environment }),
    ...(job.alone === undefined ? {} : { concurrency: { group: alone(job.alone), "cancel-in-progress": false } }),
    permissions,
    "timeout-minutes": job.timeoutMinutes,
    ...(job.each === undefined
      ? {}
      : {
          strategy: {
            matrix: {
              include: job.each.map((row) =>
                Object.fromEntries(Object.entries(row).map(([key, value]) => [key, literal(value)])),
              ),
            },
          },
        }),
    ...(job.beside.length === 0 ? {} : { services: servicesOf(job) }),
    ...(job.gives.length === 0
      ? {}
      : { outputs: Object.fromEntries(job.gives.map((name) => [name, `\${{ steps.${giver(job, name)}.outputs.${name} }}`])) }),
    ...(job.env === undefined || Object.keys(job.env).length === 0
      ? {}
      : { env: Object.fromEntries(Object.entries(job.env).map(([key, value]) => [key, text(value, job, workflow)])) }),
    steps: stepsOf(context),
  };
  return job.comment === undefined ? body : noted(job.comment, body);
}

function alone(group: string): string {
  return group === "preview" ? "preview-${{ github.event.pull_request.number }}" : group;
}

function giver({ steps }: Job, name: string): string {
  const step = steps.find((one) => one.is === "run" && one.gives?.includes(name));
  return step?.is === "run" ? stepId(step) : "";
}

function stepId({ name }: Run): string {
  return slug(name);
}

function permissionsOf({ rights, steps }: Job): Map {
  const reads = steps.some(({ is }) => is === "checkout" || is === "call");
  return {
    ...(rights.includes("runs") ? { actions: "read" } : {}),
    ...(reads ? { contents: "read" } : {}),
    ...(rights.includes("identity") ? { "id-token": "write" } : {}),
    ...(rights.includes("comment") ? { "pull-requests": "write" } : {}),
  };
}

function conditionOf(job: Job, { jobs }: Workflow): string | undefined {
  const own = job.when.map(condition);
  if (own.length === 0 || !job.when.some(({ is }) => is === "always" || is === "failed")) {
    // A job that was not needed is skipped, and GitHub would skip all that follow it.
    if (above(job, jobs).some((one) => one.when.length > 0)) own.unshift("!failure()", "!cancelled()");
  }
  return own.length === 0 ? undefined : `\${{ ${own.join(" && ")} }}`;
}

/** All that a job needs, and what that needs in turn. */
function above(job: Job, jobs: readonly Job[]): readonly Job[] {
  const byId = new Map(jobs.map((one) => [one.id, one]));
  const found = new Set<Job>();
  const add = (one: Job): void => {
    for (const id of one.needs) {
      const needed = byId.get(id);
      if (needed === undefined || found.has(needed)) continue;
      found.add(needed);
      add(needed);
    }
  };
  add(job);
  return [...found];
}

function condition(when: When): string {
  switch (when.is) {
    case "pull request":
      return "github.event_name == 'pull_request'";
    case "own code":
      return "github.event.pull_request.head.repo.full_name == github.repository";
    case "label":
      return `contains(github.event.pull_request.labels.*.name, ${quoted(when.label)})`;
    case "open":
      return "github.event.action != 'closed'";
    case "closed":
      return "github.event.action == 'closed'";
    case "given":
      return `needs.${when.job}.outputs.${when.name} == ${quoted(when.value)}`;
    case "always":
      return "!cancelled()";
    case "failed":
      return "failure()";
  }
}

/** A string of GitHub's expressions. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function servicesOf({ beside }: Job): Map {
  return Object.fromEntries(
    beside.map(({ name, image, ports, env, ready }) => [
      name,
      {
        image: literal(image),
        ports: [...ports],
        ...(Object.keys(env).length === 0
          ? {}
          : { env: Object.fromEntries(Object.entries(env).map(([key, value]) => [key, literal(value)])) }),
        ...(ready === undefined
          ? {}
          : { options: `--health-cmd ${word(ready)} --health-interval 5s --health-timeout 5s --health-retries 12` }),
      },
    ]),
  );
}

function stepsOf(context: Context): readonly YamlValue[] {
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

function uses(action: Action, given: Map = {}, name?: string): Map {
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
          "aws-region": literal(identity.region),
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
        uses(
          "docker/build-push-action",
          {
            context: value(step.context),
            file: value(step.file),
            target: value(step.target),
            push: step.push,
            tags: step.tags.map(value).join("\n"),
            ...(scope === undefined
              ? {}
              : { "cache-from": `type=gha,scope=${scope}`, "cache-to": `type=gha,scope=${scope},mode=max` }),
          },
          step.name,
        ),
      ];
    }
    case "keep":
      return [
        {
          name: literal(step.name),
          ...(step.after === undefined ? {} : { if: "${{ !cancelled() }}" }),
          ...uses("actions/upload-artifact", {
            name: value(step.artifact),
            path: literal(step.paths.join("\n")),
            "if-no-files-found": "error",
            "retention-days": step.days,
          }),
        },
      ];
    case "take":
      return [uses("actions/download-artifact", { name: value(step.artifact), path: literal(step.folder) }, step.name)];
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
          with: { mark: literal(step.mark), file: literal(step.file) },
        },
      ];
    case "show":
      return [{ name: literal(step.name), run: literal(`cat ${word(step.file)} >> "$GITHUB_STEP_SUMMARY"`) }];
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

function text(value: Value, job: Job, workflow?: Workflow): string {
  return partsOf(value)
    .map((one) => (typeof one === "string" ? literal(one) : expression(one, job, workflow)))
    .join("");
}

/** Text that stays text: GitHub would evaluate what stands between `${{` and `}}`, wherever it stands. */
function literal(given: string): string {
  return given.replaceAll("${{", "${{ '${{' }}");
}

/** Text in a pattern of Go, where it means itself. */
function inPattern(given: string): string {
  return literal(given.replace(/[.*+?^$()|[\]{}\\]/g, (one) => `\\${one}`));
}

/** Air between what a reader looks for: the parts of a workflow, and its jobs. */
function spaced(text: string): string {
  const lines: string[] = [];
  let jobs = false;
  for (const line of text.split("\n")) {
    const before = lines.at(-1);
    const top = /^(on|permissions|concurrency|defaults|jobs):/.test(line);
    const job = jobs && /^ {2}[\w#]/.test(line) && before !== "jobs:" && !/^ {2}#/.test(before ?? "");
    if (top || job) lines.push("");
    if (line === "jobs:") jobs = true;
    lines.push(line);
  }
  return lines.join("\n");
}

function script(text: string): string {
  return literal(text.includes("\n") ? `${text}\n` : text);
}

function expression(source: Source, job: Job, workflow?: Workflow): string {
  switch (source.from) {
    case "commit":
      return workflow?.on.some(({ on }) => on === "pull request") === true
        ? "${{ github.event.pull_request.head.sha || github.sha }}"
        : "${{ github.sha }}";
    case "run":
      return "${{ github.run_id }}";
    case "pull request":
      return "${{ github.event.pull_request.number }}";
    case "version":
      return "${{ inputs.version }}";
    case "tag":
      return "${{ github.ref_name }}";
    case "variable":
      return `\${{ vars.${identifier(source.name)} }}`;
    case "secret":
      return `\${{ secrets.${identifier(source.name)} }}`;
    case "job":
      return `\${{ needs.${source.job}.outputs.${source.name} }}`;
    case "own":
      return `\${{ steps.${giver(job, source.name)}.outputs.${source.name} }}`;
    case "each":
      return `\${{ matrix.${source.name} }}`;
    case "host":
      return "localhost";
    case "issuer":
      return "https://token.actions.githubusercontent.com";
    case "signer":
      return `^https://github\\.com/\${{ github.repository }}/\\.github/workflows/[^@]+@refs/heads/${inPattern(source.branch)}$`;
    case "started":
      return "${{ github.event.pull_request.updated_at }}";
    case "status":
      return "${{ contains(needs.*.result, 'failure') && 'failure' || contains(needs.*.result, 'cancelled') && 'cancelled' || 'success' }}";
    case "link":
      return "${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}";
  }
}

/** One comment of a kind on a pull request: the next run writes over it. */
const commentAction: YamlValue = {
  name: "Comment",
  description: "Writes a file into the one comment of its kind on the pull request",
  inputs: {
    mark: { description: "The kind of comment", required: true },
    file: { description: "The file with its text, as Markdown", required: true },
  },
  runs: {
    using: "composite",
    steps: [
      {
        shell: "bash",
        env: {
          GH_TOKEN: "${{ github.token }}",
          PULL_REQUEST: "${{ github.repository }}/issues/${{ github.event.pull_request.number }}",
          COMMENTS: "${{ github.repository }}/issues/comments",
          MARK: "<!-- ${{ inputs.mark }} -->",
          FILE: "${{ inputs.file }}",
        },
        run: [
          "comment=$(mktemp)",
          '{ echo "$MARK"; cat "$FILE"; } > "$comment"',
          'id=$(gh api "repos/$PULL_REQUEST/comments" --paginate --jq ".[] | select(.body | startswith(env.MARK)) | .id")',
          'if [ -n "$id" ]; then',
          '  gh api --method PATCH "repos/$COMMENTS/${id%%$\'\\n\'*}" --field "body=@$comment" --silent',
          "else",
          '  gh api --method POST "repos/$PULL_REQUEST/comments" --field "body=@$comment" --silent',
          "fi",
        ].join("\n"),
      },
    ],
  },
};
