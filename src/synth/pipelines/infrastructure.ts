import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { type Layout, layoutOf } from "../layout.ts";
import { inCloud, productOf, type Subject } from "../subject.ts";
import { openVariables } from "../terraform/index.ts";
import { word } from "../text/shell.ts";
import { type Job, type Step, type Tool, type Value, type Values, input, job, joined, run, secret, variable } from "./model.ts";
import { deployer, planner, projectOf } from "./places.ts";
import { released, terraformOf } from "./tools.ts";

/** The name of the environment, in the pipeline's system, that plans: without reviewers, with an account that may only read. */
export function planning(environment: Value): Value {
  return joined(environment, "-plan");
}

/** Where an environment's Terraform is, and what it is called, as its jobs are told. */
function told(subject: Subject, { environment }: Environment): { readonly root: Value; readonly name: Value } {
  return { root: input("root", layoutOf(subject).terraform(environment)), name: input("environment", environment) };
}

function checkout(commit: Value | undefined): Step {
  return { is: "checkout", ...(commit === undefined ? {} : { at: input("commit", commit) }) };
}

type Place = { readonly commit?: Value; readonly needs: readonly string[] };

/** Terraform's plan of one environment: saved, judged by the policies, and the only thing that may be applied. */
export function planJob(
  subject: Subject,
  environment: Environment,
  place: Place & { readonly comments?: boolean; readonly own?: boolean },
): Job {
  const layout = layoutOf(subject);
  const { root, name } = told(subject, environment);
  const identity = planner(environment);
  const policies = Object.values(environment.policies).some(({ before }) => before === "apply");
  const steps: Step[] = [
    checkout(place.commit),
    ...secretValues(subject, root),
    run("Plan", planScript(layout, policies), { folder: root, env: terraformEnv(subject, environment), gives: ["changed"] }),
  ];
  if (policies)
    steps.push(
      released("conftest"),
      run("Policies", `conftest test "$PLAN" --policy ${word(layout.policies)} --all-namespaces`, {
        env: { PLAN: joined(root, "/plan.json") },
      }),
    );
  if (place.comments === true)
    steps.push({
      is: "comment",
      name: "Show the plan on the pull request",
      mark: joined("plan-", name),
      file: joined(root, "/plan.md"),
    });
  else
    steps.push(
      { is: "show", name: "Show the plan to those who approve", file: joined(root, "/plan.md") },
      { is: "keep", name: "Save the plan", artifact: joined("plan-", name), paths: [joined(root, "/plan.tfplan")], days: 1 },
    );
  return job(`plan-${environment.environment}`, `Plan ${environment.environment}`, {
    kind: place.comments === true ? "review" : "plan",
    needs: place.needs,
    rights: place.comments === true ? ["identity", "comment"] : ["identity"],
    when: place.own === true ? [{ is: "pull request" }, { is: "own code" }] : [],
    environment: planning(name),
    tools: terraformTools(environment),
    ...(identity === undefined ? {} : { identity }),
    steps,
    gives: ["changed"],
  });
}

/** Applies the saved plan, and only where it changes something. */
export function applyJob(subject: Subject, environment: Environment, place: Place): Job {
  const { environment: key } = environment;
  const { root, name } = told(subject, environment);
  const identity = deployer(environment);
  const approvers = approval(environment);
  return job(`apply-${key}`, `Apply to ${key}`, {
    kind: "apply",
    ...(approvers === undefined ? {} : { approvers }),
    needs: [...place.needs, `plan-${key}`],
    rights: ["identity"],
    when: [{ is: "given", job: `plan-${key}`, name: "changed", value: "true" }],
    environment: name,
    alone: joined("infrastructure-", name),
    tools: terraformTools(environment),
    ...(identity === undefined ? {} : { identity }),
    timeoutMinutes: 60,
    steps: [
      checkout(place.commit),
      { is: "take", name: "Take the saved plan", artifact: joined("plan-", name), folder: root },
      run("Apply", "terraform init -input=false\nterraform apply -input=false plan.tfplan", {
        folder: root,
        env: terraformEnv(subject, environment),
      }),
    ],
  });
}

/** What the cloud has is held against what the files say. */
export function driftJob(subject: Subject, environment: Environment, notices: readonly Step[]): Job {
  const layout = layoutOf(subject);
  const { root, name } = told(subject, environment);
  const identity = planner(environment);
  return job(`drift-${environment.environment}`, `Drift of ${environment.environment}`, {
    kind: "drift",
    rights: ["identity"],
    environment: planning(name),
    tools: terraformTools(environment),
    ...(identity === undefined ? {} : { identity }),
    steps: [
      { is: "checkout" },
      ...secretValues(subject, root),
      run(
        "Compare",
        [
          "terraform init -input=false",
          "# 2: somebody has changed something by hand, or a change was merged and never applied.",
          `terraform plan -input=false -lock=false -detailed-exitcode${variables(layout)}`,
        ].join("\n"),
        { folder: root, env: terraformEnv(subject, environment) },
      ),
      ...notices,
    ],
  });
}

function terraformTools(environment: Environment): readonly Tool[] {
  return [{ tool: "terraform", version: terraformOf(environment) }];
}

function terraformEnv(subject: Subject, environment: Environment): Values {
  const { state } = productOf(subject).pipeline?.infrastructure ?? {};
  // The accounts' numbers are the repository's, and all are told those that one asks for: so the jobs are the same, and Terraform passes
  // over what a root has no variable for.
  const asked = [
    ...openVariables(subject, environment).filter((name) => name !== "project" && !isAccount(name)),
    ...new Set(alike(subject, environment).flatMap((one) => openVariables(subject, one).filter(isAccount))),
  ];
  return {
    TF_IN_AUTOMATION: "true",
    // What the values in the repository leave open is a variable of the environment in the pipeline's system.
    ...openProject(subject, environment),
    ...Object.fromEntries(asked.map((name) => [`TF_VAR_${name}`, variable(openAs(name))])),
    ...(state?.in === "terraform cloud" ? { TF_TOKEN_app_terraform_io: secret("TF_API_TOKEN") } : {}),
  };
}

/** Where one project gets its number at set-up, all are told theirs: the jobs are the same, and a value in the repository stands above it. */
function openProject(subject: Subject, environment: Environment): Values {
  const open = alike(subject, environment).some((one) => openVariables(subject, one).includes("project"));
  return open ? { TF_VAR_project: input("project", projectOf(environment)) } : {};
}

function alike(subject: Subject, { cloud }: Environment): readonly Environment[] {
  return inCloud(subject).filter((one) => one.cloud === cloud);
}

function isAccount(name: string): boolean {
  return name.endsWith("_account_id");
}

function openAs(name: string): string {
  if (isAccount(name)) return `${name.slice(0, -"_account_id".length).toUpperCase()}_AWS_ACCOUNT_ID`;
  return `TF_VAR_${name.toUpperCase()}`;
}

function planScript(layout: Layout, judged: boolean): string {
  return [
    "terraform init -input=false",
    "status=0",
    // The reader that plans may not write a lock; a plan that has become stale is refused when it is applied.
    `terraform plan -input=false -lock=false -detailed-exitcode -out=plan.tfplan${variables(layout)} || status=$?`,
    "case $status in",
    "  0) changed=false ;;",
    "  2) changed=true ;;",
    '  *) exit "$status" ;;',
    "esac",
    ...(judged ? ["terraform show -json plan.tfplan > plan.json"] : []),
    "{ echo '```'; terraform show -no-color plan.tfplan | tail -c 60000; echo '```'; } > plan.md",
  ].join("\n");
}

/** Terraform reads `terraform.tfvars` and `*.auto.tfvars` by itself. */
function variables({ variables: file }: Layout): string {
  return file === "terraform.tfvars" || file.endsWith(".auto.tfvars") ? "" : ` -var-file=${word(file)}`;
}

/** Where the repository keeps no values, those that may not be read by all come from the store of the pipeline. */
function secretValues(subject: Subject, root: Value): readonly Step[] {
  if (productOf(subject).files?.ignored?.includes("*.tfvars") !== true) return [];
  return [
    run(
      "Values that are not in the repository",
      'if [ -n "$TFVARS" ]; then printf \'%s\\n\' "$TFVARS" > secret.auto.tfvars; fi',
      {
        folder: root,
        env: { TFVARS: secret("TFVARS") },
      },
    ),
  ];
}

function approval(environment: Environment): string | undefined {
  const by =
    environment.production === true ? (environment.pipeline?.infrastructure?.approvedBy ?? environment.approvedBy) : undefined;
  return by && refName(by, "roles");
}
