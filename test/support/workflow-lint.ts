import { parse } from "yaml";

// What a workflow for GitHub Actions has to be, beyond what actionlint asks: each rule says what it found, or nothing.

type Node = Readonly<Record<string, unknown>>;

/** The inputs that are used of each action, as their descriptions at the pinned commits have them. */
const inputs: Readonly<Record<string, readonly string[]>> = {
  "actions/cache": ["path", "key"],
  "actions/checkout": ["ref", "fetch-depth", "persist-credentials"],
  "actions/download-artifact": ["name", "path"],
  "actions/setup-node": ["node-version", "cache", "cache-dependency-path", "package-manager-cache"],
  "actions/setup-python": ["python-version", "cache", "cache-dependency-path"],
  "actions/upload-artifact": ["name", "path", "if-no-files-found", "retention-days"],
  "aws-actions/configure-aws-credentials": ["role-to-assume", "aws-region"],
  "azure/login": ["client-id", "tenant-id", "subscription-id"],
  "docker/build-push-action": ["context", "file", "target", "push", "tags", "labels", "cache-from", "cache-to"],
  "docker/setup-buildx-action": [],
  "google-github-actions/auth": ["workload_identity_provider", "service_account"],
  "google-github-actions/setup-gcloud": ["project_id", "install_components"],
  "hashicorp/setup-terraform": ["terraform_version", "terraform_wrapper"],
  "sigstore/cosign-installer": [],
};

export function workflowProblems(text: string): readonly string[] {
  const workflow = parse(text) as Node;
  const problems: string[] = [];
  const say = (problem: string) => problems.push(problem);
  const jobs = Object.entries((workflow["jobs"] ?? {}) as Readonly<Record<string, Node>>);

  if (JSON.stringify(workflow["permissions"]) !== "{}") say("permissions at the top are not empty");
  if (Object.hasOwn(workflow["on"] ?? {}, "pull_request_target")) say("runs on pull_request_target");
  for (const line of text.split("\n")) {
    const used = /^\s*(?:- )?uses: (\S+)(.*)$/.exec(line);
    if (used === null || used[1]?.startsWith("./") === true) continue;
    if (!/@[0-9a-f]{40}$/.test(used[1] ?? "")) say(`not pinned: ${used[1]}`);
    else if (!/^ # v\d+\.\d+\.\d+$/.test(used[2] ?? "")) say(`no version beside ${used[1]}`);
  }
  for (const [id, job] of jobs) {
    if (typeof job["permissions"] !== "object") say(`${id}: no permissions of its own`);
    if (job["uses"] !== undefined) continue;
    if (typeof job["timeout-minutes"] !== "number" && job["timeout-minutes"] !== "${{ inputs.minutes }}")
      say(`${id}: no timeout`);
    const steps = (job["steps"] ?? []) as readonly Node[];
    for (const step of steps) stepProblems(id, step, say);
    const environment = job["environment"];
    const grants = (job["permissions"] ?? {}) as Node;
    if (grants["id-token"] === "write" && environment === undefined) say(`${id}: an identity that is bound to no environment`);
    const scripts = steps.map((step) => String(step["run"] ?? "")).join("\n");
    if (
      /terraform apply|gantry release|run services update-traffic .*--to|ecs update-service|kubectl .*(apply|set image)/.test(
        scripts,
      )
    ) {
      const concurrency = (job["concurrency"] ?? {}) as Node;
      if (concurrency["group"] === undefined || concurrency["cancel-in-progress"] !== false)
        say(`${id}: a deployment that may be broken off, or run twice at once`);
      if (environment === undefined) say(`${id}: a deployment that nobody can be asked to approve`);
    }
    if (/terraform apply/.test(scripts) && !/terraform apply [^\n]*plan\.tfplan/.test(scripts))
      say(`${id}: applies something else than the saved plan`);
  }
  return problems;
}

function stepProblems(id: string, step: Node, say: (problem: string) => void): void {
  const script = String(step["run"] ?? "");
  if (/\$\{\{(?! '\$\{\{' \}\})/.test(script)) say(`${id}: an expression in a script`);
  const uses = String(step["uses"] ?? "");
  const action = uses.split("@", 1)[0] ?? "";
  const given = (step["with"] ?? {}) as Node;
  if (action === "actions/checkout" && given["persist-credentials"] !== false)
    say(`${id}: the checkout leaves its credentials behind`);
  if (Object.hasOwn(inputs, action))
    for (const name of Object.keys(given))
      if (inputs[action]?.includes(name) !== true) say(`${id}: ${action} has no input ${name}`);
  if (action === "actions/setup-node" || action === "actions/setup-python")
    if (given["cache"] !== undefined && given["cache-dependency-path"] === undefined)
      say(`${id}: a cache that hangs on no lockfile`);
}
