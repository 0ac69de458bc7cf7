import { refName } from "../../spec/derive.ts";
import { durationMs } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import { layoutOf, plainPath } from "../layout.ts";
import { slug } from "../names.ts";
import { productOf, type Subject } from "../subject.ts";
import { word } from "../text/shell.ts";
import { addressesOf, besideOf, migrateBeside, startServices } from "./beside.ts";
import { type Job, type Run, type Step, job, run } from "./model.ts";
import { switchesOf } from "./places.ts";
import { released, setUp } from "./tools.ts";

type Check = Environment["checks"][string];

/** The id of the job that a check is. */
export function checkId(name: string, all: readonly string[]): string {
  const id = idOf(name);
  const same = all.filter((one) => idOf(one) === id);
  return same.length < 2 ? id : `${id}-${same.indexOf(name) + 1}`;
}

function idOf(name: string): string {
  const id = slug(name);
  return /^[a-z]/.test(id) ? id : `check-${id}`.replace(/-$/, "");
}

/** Where checks run: beside whatever an environment made for that says, else as the product is anywhere. */
export function checkPlace(subject: Subject): Environment {
  return subject.environments.find((one) => one.cloud === "local" && one.ephemeral === true) ?? first(subject);
}

function first({ environments }: Subject): Environment {
  const [one] = environments;
  if (one === undefined) throw new RangeError("a product without an environment");
  return one;
}

export function checkJob(subject: Subject, name: string, among: readonly string[]): Job {
  const place = checkPlace(subject);
  const check = place.checks[name] as Check;
  const folder = plainPath(check.folder ?? ".");
  const beside = besideOf(check.beside ?? [], place);
  const addresses = addressesOf(beside, place);
  const migrates = migrateBeside(beside, place);
  const { tools, steps: installs } = setUp([...check.steps, ...migrates.map(({ script }) => script)], folder, place);
  const inFolder = folder === "." ? {} : { folder };
  const all = Object.keys(place.checks);
  const commands = check.steps.map((command) => {
    const { script, ...rest } = asRun(command, check);
    return run(titleOf(command), script, { ...inFolder, ...rest });
  });
  // A check that installs by itself does so first: what its commands need comes after.
  const own = commands.findIndex((_, index) => !/^(npm (ci|install)|pip install)\b/.test(check.steps[index] ?? ""));
  return job(checkId(name, all), name, {
    needs: (check.needs ?? []).flatMap((one) => {
      const other = refName(one, "checks");
      return other !== undefined && among.includes(other) ? [checkId(other, all)] : [];
    }),
    tools: [...tools, ...(needsDocker(check) ? [{ tool: "docker" } as const] : [])],
    beside,
    env: addresses,
    timeoutMinutes: check.timeout === undefined ? 20 : Math.max(1, Math.ceil(durationMs(check.timeout) / 60_000)),
    steps: [
      { is: "checkout" },
      ...commands.slice(0, Math.max(0, own)),
      ...installs.map((one) =>
        one.name.startsWith("Install") ? { ...one, ...(one.script.includes("mktemp") ? {} : inFolder) } : one,
      ),
      ...migrates,
      ...startServices(check.beside ?? [], place, addresses),
      ...commands.slice(Math.max(0, own)),
      ...policyOf(subject, check),
      ...reportOf(check, folder, checkId(name, all)),
    ],
  });
}

/** A policy that a check is about is judged by it, on the files as they are written; unless its own commands do so. */
function policyOf(subject: Subject, { policy, steps }: Check): readonly Run[] {
  if (policy === undefined || steps.some((one) => /\b(conftest|opa)\b/.test(one))) return [];
  const { root, policies } = layoutOf(subject);
  return [released("conftest"), run("Policies", `conftest test ${word(root)} --policy ${word(policies)} --all-namespaces`)];
}

const zapImage = "ghcr.io/zaproxy/zaproxy:stable";

/** The scanner runs in its own image; its warnings stand in the report, and who ships decides what of it is too much. */
function asRun(command: string, { report }: Check): { readonly script: string; readonly comment?: string } {
  if (!/^zap-\w+\.py\b/.test(command)) return { script: command };
  const more = report === "zap" ? " -I -J zap.json" : "";
  return {
    script: `mkdir -p zap && chmod a+rwx zap\ndocker run --rm --network host --volume "$PWD/zap:/zap/wrk" ${zapImage} ${command}${more}`,
    ...(report === "zap" ? { comment: "What it finds stands in the report: a release asks that before it goes on." } : {}),
  };
}

function needsDocker({ steps, beside }: Check): boolean {
  return steps.some((one) => /^zap-\w+\.py\b/.test(one)) || (beside ?? []).some((one) => refName(one, "services") !== undefined);
}

function reportOf({ report }: Check, folder: string, id: string): readonly Step[] {
  if (report === undefined) return [];
  const inside = (path: string) => (folder === "." ? path : `${folder}/${path}`);
  const paths = {
    zap: ["zap/zap.json"],
    coverage: [inside("coverage")],
    junit: [inside("junit.xml")],
    sarif: [inside("*.sarif")],
  };
  const days = report === "zap" ? 90 : 14;
  return [
    {
      is: "keep",
      name: "Keep the report",
      artifact: report === "zap" ? "zap" : `${id}-${report}`,
      paths: paths[report],
      days,
      after: "anything",
    },
  ];
}

function titleOf(command: string): string {
  return command.length <= 80 ? command : `${command.slice(0, 79)}…`;
}

/** The spec itself is checked too: what it says, and that the files of the repository say the same. */
export function specJob(subject: Subject): Job {
  return job("spec", "Spec and files", {
    tools: [{ tool: "node", version: "20", lock: "package-lock.json" }],
    steps: [
      { is: "checkout" },
      run("Install", "npm ci"),
      run("Check the spec", "npx gantry check"),
      run("Files follow from the spec", `npx gantry synth --check${switchesOf(subject.environments)}`),
    ],
  });
}

/** Migrations are written out as SQL where the tool can do so without a database: a mistake is seen before it is tried. */
export function offlineJobs(subject: Subject): readonly Job[] {
  const place = checkPlace(subject);
  const commands = Object.values(place.checks).flatMap(({ steps }) => steps);
  return Object.entries(place.resources).flatMap(([name, resource]) => {
    if (resource.kind !== "postgres" || resource.migrations?.offline === undefined) return [];
    const { offline } = resource.migrations;
    if (commands.includes(offline)) return [];
    const folder = resource.migrations.folder.includes("/") ? resource.migrations.folder.replace(/\/[^/]*$/, "") : ".";
    const { tools, steps } = setUp([offline], folder, place);
    const inFolder = folder === "." ? {} : { folder };
    return [
      job(`sql-of-${name}`, `SQL of the migrations of ${name}`, {
        tools,
        steps: [
          { is: "checkout" },
          ...steps.map((one) => ({ ...one, ...inFolder })),
          run("Write the SQL out", offline, inFolder),
        ],
      }),
    ];
  });
}

/** The checks of the pipeline, by what starts them. */
export function checksOn(subject: Subject, starts: (trigger: NonNullable<Check["on"]>[number]) => boolean): readonly string[] {
  const place = checkPlace(subject);
  const listed = productOf(subject).pipeline?.checks?.flatMap((one) => refName(one, "checks") ?? []) ?? Object.keys(place.checks);
  return listed.filter((name) => Object.hasOwn(place.checks, name) && (place.checks[name] as Check).on?.some(starts) === true);
}
