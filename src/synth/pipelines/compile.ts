import { refName } from "../../spec/derive.ts";
import { listed } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import { slug } from "../names.ts";
import { builtIn, previewEnvironment } from "../promotion.ts";
import { inCloud, productOf, type Subject } from "../subject.ts";
import { checkId, checkJob, checkPlace, checksOn, offlineJobs, specJob } from "./checks.ts";
import { imageJob, promoteJob } from "./images.ts";
import { applyJob, driftJob, planJob } from "./infrastructure.ts";
import { lintMigrationsJobs } from "./lint-migrations.ts";
import { monitoringJobs } from "./monitoring.ts";
import { type Job, type Source, type Step, type Trigger, type Value, type Workflow, commit, input, job, run } from "./model.ts";
import { type Notice, pipelineNotice } from "./notices.ts";
import { endPreviewJob, previewJob } from "./previews.ts";
import { type Built, gateSteps, releaseJob } from "./release.ts";
import { plainReleaseJob } from "./plain/release.ts";

// From the spec to workflows. A change is checked; what is merged is built once and goes to the environments that follow the branch; a
// tag or a person brings a version that is there already to the others.

/** All workflows of a product. */
export function compileWorkflows(subject: Subject): readonly Workflow[] {
  if (productOf(subject).pipeline === undefined) return [];
  const ci = checking(subject);
  return [
    ...(ci === undefined ? [] : [ci]),
    ...deploying(subject, ci),
    ...previewing(subject),
    ...drifting(subject),
    ...scheduled(subject),
  ];
}

const ci = "ci";

/** What every change goes through before it is merged; what is merged goes through it once more. */
function checking(subject: Subject): Workflow | undefined {
  const names = checksOn(subject, ({ on }) => on === "pull request");
  const pipeline = productOf(subject).pipeline;
  const environments = inCloud(subject);
  const plans =
    pipeline?.infrastructure !== undefined &&
    (pipeline.infrastructure.review !== undefined || pipeline.infrastructure.plan?.comment === true)
      ? environments.map((one) => planJob(subject, one, { needs: [], comments: true, own: true }))
      : [];
  const builds = builtIn(subject);
  const early = pipeline?.images?.on?.some(({ on }) => on === "pull request") === true && builds !== undefined;
  const jobs = [
    ...(subject.plain ? [] : [specJob(subject), ...lintMigrationsJobs(subject)]),
    ...names.map((one) => checkJob(subject, one, names)),
    ...offlineJobs(subject),
    ...monitoringJobs(subject),
    ...(early
      ? [imageJob(subject, builds, { commit, needs: [], signs: false, when: [{ is: "pull request" }, { is: "own code" }] })]
      : []),
    ...plans,
  ];
  if (jobs.length === 0) return undefined;
  return { id: ci, title: "CI", on: [{ on: "pull request" }, { on: "call" }], jobs };
}

type Group = { readonly trigger: Trigger; readonly environments: readonly Environment[] };

function deploying(subject: Subject, checked: Workflow | undefined): readonly Workflow[] {
  const groups = groupsOf(inCloud(subject));
  const title = productOf(subject).pipeline?.title;
  const branch = groups.find(({ trigger }) => trigger.on === "push");
  return groups.map((group) => {
    const named =
      groups.length === 1 && title !== undefined
        ? title
        : `Deploy ${listed(group.environments.filter(own).map(({ environment }) => environment))}`;
    const built = branch === undefined ? undefined : idOf(groups, branch, title);
    return deployment(subject, group, { id: slug(named), title: named, checked, built, source: branch?.environments[0] });
  });
}

function idOf(groups: readonly Group[], group: Group, title: string | undefined): string {
  if (groups.length === 1 && title !== undefined) return slug(title);
  return slug(`Deploy ${listed(group.environments.filter(own).map(({ environment }) => environment))}`);
}

function own({ deploy }: Environment): boolean {
  return deploy?.every(({ on }) => on === "together") !== true;
}

function groupsOf(environments: readonly Environment[]): readonly Group[] {
  const groups = new Map<string, { readonly trigger: Trigger; readonly environments: Environment[] }>();
  for (const one of environments)
    for (const given of one.deploy ?? []) {
      const trigger = triggerOf(given);
      if (trigger === undefined) continue;
      const key = trigger.on === "hand" ? `hand ${one.environment}` : JSON.stringify(trigger);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { trigger, environments: [one] });
      else group.environments.push(one);
    }
  for (const one of environments)
    for (const given of one.deploy ?? []) {
      if (given.on !== "together") continue;
      const other = refName(given.environment, "environments");
      for (const group of groups.values())
        if (group.environments.some(({ environment }) => environment === other)) group.environments.push(one);
    }
  return [...groups.values()].toSorted((a, b) => order(a) - order(b));
}

function order({ trigger }: Group): number {
  return ["push", "tag", "schedule", "hand"].indexOf(trigger.on);
}

function triggerOf(given: NonNullable<Environment["deploy"]>[number]): Trigger | undefined {
  switch (given.on) {
    case "push":
    case "merge":
      return { on: "push", branch: given.branch };
    case "tag":
      return { on: "tag", pattern: given.pattern };
    case "schedule":
      return { on: "schedule", cron: given.schedule };
    case "hand":
      return { on: "hand", version: given.version === "required" };
    default:
      return undefined;
  }
}

type Deployment = {
  readonly id: string;
  readonly title: string;
  readonly checked: Workflow | undefined;
  /** The workflow that builds what this one only promotes, and the environment whose registry has it. */
  readonly built: string | undefined;
  readonly source: Environment | undefined;
};

function deployment(
  subject: Subject,
  { trigger, environments }: Group,
  { id, title, checked, built, source }: Deployment,
): Workflow {
  const builds = trigger.on === "push" || source === undefined;
  const version: Value = builds ? commit : ({ from: "job", job: "version", name: "sha" } satisfies Source);
  const first = environments[0] as Environment;
  const before: Job[] = [];
  if (builds) {
    const names = checksOn(
      subject,
      (one) => (one.on === "push" || one.on === "merge") && trigger.on === "push" && one.branch === trigger.branch,
    );
    const inCi = new Set(checked?.jobs.map((one) => one.id));
    const missing = names.filter((one) => !inCi.has(checkId(one, Object.keys(checkPlace(subject).checks))));
    if (checked !== undefined)
      before.push(job("checks", "Checks", { rights: rightsOf(checked), steps: [{ is: "call", workflow: checked.id }] }));
    before.push(...missing.map((one) => checkJob(subject, one, names)));
  } else before.push(versionJob(subject, trigger, environments, { workflow: built ?? id, by: source }));
  const ready = before.map((one) => one.id);
  const from = source ?? first;
  const images = builds ? [imageJob(subject, from, { commit: version, needs: ready, signs: true })] : [];
  const jobs = [...before, ...images];
  const infrastructure = productOf(subject).pipeline?.infrastructure !== undefined;
  for (const environment of environments) {
    const name = environment.environment;
    const follows =
      environment.deploy?.flatMap((one) =>
        one.on === "together" ? [`release-${refName(one.environment, "environments") ?? ""}`] : [],
      ) ?? [];
    const promote = promoteJob(subject, environment, {
      from,
      commit: version,
      needs: [...ready, ...images.map((one) => one.id), ...follows],
      ...(builds ? {} : { semver: trigger.on === "tag" ? { from: "tag" } : { from: "version" } }),
    });
    if (promote !== undefined) jobs.push(promote);
    const needs = [...ready, ...images.map((one) => one.id), ...follows];
    if (infrastructure)
      jobs.push(
        planJob(subject, environment, { commit: version, needs: [...ready, ...follows] }),
        applyJob(subject, environment, { commit: version, needs: ready }),
      );
    const place = {
      commit: version,
      needs: [...needs, ...(promote === undefined ? [] : [promote.id]), ...(infrastructure ? [`apply-${name}`] : [])],
    };
    jobs.push(subject.plain ? plainReleaseJob(subject, environment, place) : releaseJob(environment, place));
  }
  const notice = pipelineNotice(subject);
  if (notice !== undefined)
    jobs.push(
      noticeJob(
        subject,
        notice,
        title,
        jobs.map((one) => one.id),
      ),
    );
  return { id, title, on: [trigger], jobs };
}

/** The rights that a called workflow needs have to be given by whoever calls it. */
function rightsOf({ jobs }: Workflow): Job["rights"] {
  return [...new Set(jobs.flatMap((one) => one.rights))];
}

/** Which commit a version is, and whether it has proved itself so far. */
function versionJob(subject: Subject, trigger: Trigger, environments: readonly Environment[], built: Built): Job {
  const branch = productOf(subject).repository?.mainBranch ?? "main";
  const given = trigger.on === "hand" && trigger.version;
  const lines = given
    ? [
        "# A version is a commit or a tag of a release: nothing else gets as far as git.",
        String.raw`[[ "$VERSION" =~ ^([0-9a-f]{7,40}|v?[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?)$ ]] || { echo "not a version: a commit or a tag" >&2; exit 2; }`,
        'sha=$(git rev-parse --verify --end-of-options "$VERSION^{commit}")',
      ]
    : ['sha=$(git rev-parse --verify --end-of-options "$COMMIT^{commit}")'];
  const sha: Source = { from: "own", name: "sha" };
  const gates = new Map<string, Step>();
  for (const environment of environments)
    for (const step of gateSteps(environment, built, sha)) {
      const key = JSON.stringify(step);
      if (!gates.has(key)) gates.set(key, step);
    }
  return job("version", "Version and gates", {
    rights: ["runs"],
    gives: ["sha"],
    steps: [
      { is: "checkout", history: true },
      run(
        "Version",
        [...lines, `git merge-base --is-ancestor "$sha" "origin/$BRANCH" || { echo "not on $BRANCH" >&2; exit 1; }`].join("\n"),
        {
          env: { ...(given ? { VERSION: { from: "version" } } : { COMMIT: commit }), BRANCH: branch },
          gives: ["sha"],
        },
      ),
      ...gates.values(),
    ],
  });
}

function noticeJob(subject: Subject, { script, env }: Notice, title: string, needs: readonly string[]): Job {
  return job("notice", "Notice", {
    ...(subject.plain ? {} : { comment: "A release tells its own story; this one is about what never became a release." }),
    needs,
    when: [{ is: subject.plain ? "always" : "failed" }],
    timeoutMinutes: 5,
    steps: [
      run("Tell", script, {
        env: { ...env, TITLE: plainTitle(title), STATUS: subject.plain ? { from: "status" } : "failure", LINK: { from: "link" } },
      }),
    ],
  });
}

function plainTitle(title: string): string {
  return title.replace(/["\\%]/g, "");
}

function previewing(subject: Subject): readonly Workflow[] {
  const environment = previewEnvironment(subject);
  if (environment?.previews === undefined) return [];
  const { on, plan } = environment.previews;
  const label = on.on === "pull request" ? on.label : undefined;
  const open = [
    { is: "open" } as const,
    { is: "own code" } as const,
    ...(label === undefined ? [] : [{ is: "label", label } as const]),
  ];
  const infrastructure = productOf(subject).pipeline?.infrastructure !== undefined && plan === true;
  const shown = previewJob(subject, environment, ["images"]);
  return [
    {
      id: "preview",
      title: "Preview",
      on: [{ on: "pull request", label: label ?? "" }],
      jobs: [
        ...(infrastructure ? [{ ...planJob(subject, environment, { needs: [], comments: true }), when: open }] : []),
        imageJob(subject, environment, { commit, needs: [], signs: false, when: open }),
        { ...shown, when: open },
        { ...endPreviewJob(environment), when: [{ is: "closed" }, { is: "own code" }] },
      ],
    },
  ];
}

function failureNotice(subject: Subject, title: string): readonly Step[] {
  const notice = pipelineNotice(subject);
  if (notice === undefined) return [];
  return [
    run("Tell", notice.script, {
      env: { ...notice.env, TITLE: input("title", plainTitle(title)), STATUS: "failure", LINK: { from: "link" } },
      after: "failure",
    }),
  ];
}

function drifting(subject: Subject): readonly Workflow[] {
  const cron = productOf(subject).pipeline?.infrastructure?.drift;
  if (cron === undefined) return [];
  return [
    {
      id: "drift",
      title: "Drift",
      on: [
        { on: "schedule", cron },
        { on: "hand", version: false },
      ],
      jobs: inCloud(subject).map((one) => driftJob(subject, one, failureNotice(subject, `Drift of ${one.environment}`))),
    },
  ];
}

/** Checks that run by the clock, one workflow each. */
function scheduled(subject: Subject): readonly Workflow[] {
  const { checks } = checkPlace(subject);
  return checksOn(subject, ({ on }) => on === "schedule").map((name) => {
    const times = (checks[name]?.on ?? []).flatMap((one): Trigger[] =>
      one.on === "schedule" ? [{ on: "schedule", cron: one.schedule }] : [],
    );
    const one = checkJob(subject, name, []);
    return {
      id: one.id,
      title: name,
      on: [...times, { on: "hand", version: false }],
      jobs: [{ ...one, steps: [...one.steps.map(everyCommand), ...failureNotice(subject, name)] }],
    };
  });
}

/** A scan that finds something does not hide what the next one would have found. */
function everyCommand(step: Step): Step {
  return step.is === "run" && !step.name.startsWith("Install") ? { ...step, after: "anything" } : step;
}
