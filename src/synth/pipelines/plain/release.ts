import { refName } from "../../../spec/derive.ts";
import { durationMs } from "../../../lib/quantities.ts";
import type { Environment } from "../../../spec/environment.ts";
import type { Subject } from "../../subject.ts";
import { inDoubleQuotes } from "../../text/shell.ts";
import { type Job, type Run, type Step, type Value, type Values, job, run } from "../model.ts";
import { noticeTo } from "../notices.ts";
import { deployer, imagesOf, projectOf, regionOf } from "../places.ts";
import { approversOf, correctionOf } from "../release.ts";
import { minutesOf, waitsOf } from "../steps-of-release.ts";
import { setUp } from "../tools.ts";
import { cloudRun } from "./cloud-run.ts";
import { ecs } from "./ecs.ts";
import { kubernetes } from "./kubernetes.ts";
import type { Way } from "./way.ts";

type Place = { readonly commit: Value; readonly needs: readonly string[] };

/** A release with the tools of the cloud: each step stands here, in the order in which it is done. */
export function plainReleaseJob(subject: Subject, environment: Environment, { commit, needs }: Place): Job {
  const name = environment.environment;
  const way = wayOf(subject, environment);
  const { release } = environment;
  const identity = deployer(environment);
  const smokes = (release?.after ?? []).flatMap((one) => ("gate" in one && one.gate === "smoke" ? [one.command] : []));
  const tests = setUp(smokes, ".", environment);
  const before = (release?.before ?? []).flatMap(({ ref, step }): readonly Run[] => {
    const resource = refName({ ref }, "resources") ?? "";
    const made = step === "snapshot" ? way.snapshot(resource) : step === "migrate" ? way.migrate(resource) : undefined;
    if (made === undefined) return [];
    const [correction] = step === "migrate" ? correctionOf(environment) : [];
    return [correction === undefined ? made : { ...made, comment: correction }];
  });
  const approvers = approversOf(environment);
  const notice = noticeTo(subject, release?.notify ?? []);
  const env: Values = {
    SHA: commit,
    PREFIX: imagesOf(environment).prefix,
    REGION: regionOf(environment),
    ...(environment.cloud === "gcp" ? { PROJECT: projectOf(environment) } : {}),
  };
  const steps: Step[] = [
    { is: "checkout", at: commit },
    ...tests.steps,
    ...way.begin,
    ...before,
    ...way.traffic,
    ...afterSteps(environment),
    { ...way.back, after: "failure" },
    ...(notice === undefined
      ? []
      : [
          run("Tell that it is done", notice.script, { env: told(notice.env, `Release to ${name}`, "success") }),
          run("Tell that it failed", notice.script, {
            env: told(notice.env, `Release to ${name}`, "failure"),
            after: "failure" as const,
          }),
        ]),
  ];
  return job(`release-${name}`, `Release to ${name}`, {
    ...(approvers === undefined ? {} : { approvers }),
    needs,
    rights: ["identity"],
    environment: name,
    alone: `release-${name}`,
    tools: [...way.tools, ...tests.tools],
    ...(identity === undefined ? {} : { identity }),
    timeoutMinutes: minutesOf(environment),
    waitsMinutes: waitsOf(environment),
    env,
    steps,
  });
}

function told(env: Values, title: string, status: string): Values {
  return { ...env, TITLE: title, STATUS: status, LINK: { from: "link" } };
}

function wayOf(subject: Subject, environment: Environment): Way {
  if (environment.cloud === "gcp" && environment.runs !== "gke") return cloudRun(environment);
  if (environment.cloud === "aws" && environment.runs !== "eks") return ecs(environment);
  return kubernetes(subject, environment);
}

/** Health from outside and smoke tests, once all traffic is there. */
function afterSteps({ release, services, hosts }: Environment): readonly Run[] {
  return (release?.after ?? []).flatMap((one): readonly Run[] => {
    if (!("gate" in one)) return [];
    if (one.gate === "smoke") return [run(`Smoke test: ${one.command}`, one.command)];
    if (one.gate !== "health") return [];
    const service = refName(one.of, "services") ?? "";
    const path = one.path ?? services[service]?.health?.path;
    const host = hosts.find((other) => other.service === service) ?? hosts[0];
    if (path === undefined || host === undefined) return [];
    return [run(`Health of ${service}`, untilHealthy(`https://${host.host}${path}`, one.tries, one.every))];
  });
}

/** Asks until the answer is good, so many times, so far apart. */
function untilHealthy(url: string, tries = 30, every = "10s"): string {
  return [
    `for attempt in $(seq ${tries}); do`,
    `  curl --fail --silent --show-error --max-time 5 --output /dev/null "${inDoubleQuotes(url)}" && break`,
    `  [ "$attempt" -lt ${tries} ] || exit 1`,
    `  sleep ${Math.round(durationMs(every) / 1_000)}`,
    "done",
  ].join("\n");
}
