import { durationMs } from "../../lib/quantities.ts";
import { listed } from "../../lib/text.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import { layoutOf } from "../layout.ts";
import { type Subject, inCloud, onLaptops, productOf } from "../subject.ts";
import { block, code, list, page, table, text } from "../text/markdown.ts";
import { word } from "../text/shell.ts";
import { strategyText, triggerText } from "./words.ts";

/** How somebody works on the product: at home, in a preview, through the checks, to where people use it. */
export function contributing(subject: Subject): readonly File[] {
  const path = productOf(subject).pipeline?.guide ?? "CONTRIBUTING.md";
  return [
    {
      path,
      part: true,
      text: page([
        ...homeParts(subject),
        ...inCloud(subject).flatMap((one) => previewParts(subject, one)),
        ...checkParts(subject),
        ...wayParts(subject),
        ...infrastructureParts(subject),
      ]),
    },
  ];
}

function homeParts(subject: Subject): readonly string[] {
  const [local] = onLaptops(subject);
  const compose = productOf(subject).files?.compose ?? (local?.cloud === "local" ? local.compose : undefined);
  const composed = compose === undefined ? [] : block("sh", [`docker compose --file ${word(compose)} up --build`]);
  if (subject.plain) return compose === undefined ? [] : ["## On your machine", String(composed)];
  const name = local?.environment ?? inCloud(subject)[0]?.environment ?? "local";
  const shown = Object.entries(local?.services ?? {}).filter(
    ([, { kind }]) => kind === "frontend" || kind === "service" || kind === "proxy",
  );
  return [
    "## On your machine",
    "The whole product runs here, over a real Postgres; no Docker is needed. What is not there yet is made at the first start.",
    block("sh", [`gantry up ${word(name)} --watch # builds and swaps again when a file changes`, "gantry down"]),
    ...(shown.length === 0
      ? []
      : [`It says where things are: ${listed(shown.map(([service]) => code(`http://${service}.${name}.localhost:<port>`)))}.`]),
    ...(compose === undefined ? [] : ["Or with Docker:", String(composed)]),
  ];
}

function previewParts(subject: Subject, environment: Environment): readonly (string | undefined)[] {
  const { previews } = environment;
  if (previews === undefined) return [];
  const label = previews.on.on === "pull request" ? previews.on.label : undefined;
  const within = productOf(subject).pipeline?.previewWithin;
  const where = code(environment.environment);
  const stores = Object.entries(environment.resources).filter(
    ([, { kind, external }]) => kind === "postgres" && external !== true,
  );
  return [
    "## Preview of a change",
    `A pull request can be looked at before it is merged: each of its services runs in ${where} as a version beside the others, ${previews.traffic === undefined || previews.traffic === "0%" ? "without traffic" : `with ${previews.traffic} of the traffic`}, at an address of its own.`,
    numbered([
      "Push the branch and open a pull request. The checks below start at once.",
      label === undefined ? "Nothing else is needed: every pull request gets one." : `Give it the label ${code(label)}.`,
      ...(previews.plan === true
        ? [`What would change in the infrastructure of ${where} is shown on the pull request; nothing is applied.`]
        : []),
      `The images are built and started in ${where}.${previews.comment === true ? " The addresses come as a comment" : " The addresses are in the pipeline's log"}${within === undefined ? "." : `, within ${minutes(within)} of the push.`}`,
      "Every further push renews the preview; the addresses stay.",
      `${previews.live === undefined ? "" : `It lives for ${previews.live}. `}When the pull request is closed, the addresses are taken away.`,
    ]),
    `A preview uses the data of ${where}, and real rights: no change of a stranger's is shown without somebody giving it the label. ${
      stores.length === 0
        ? ""
        : "It applies no migrations; a change that needs one can be shown when the migration, which only adds, has been merged before it."
    }`.trim(),
    ...(subject.plain
      ? []
      : [
          "The same on your own machine, with a copy of the data for each preview:",
          block("sh", [
            `gantry preview create my-change --env ${word(environment.environment)}`,
            "gantry preview list",
            "gantry preview delete my-change",
          ]),
        ]),
  ];
}

/** `10m` is said `10 minutes`. */
function minutes(duration: string): string {
  return `${Math.round(durationMs(duration) / 60_000)} minutes`;
}

/** The checks of a pull request, so that they can be run before it. */
function checkParts(subject: Subject): readonly string[] {
  const { pipeline } = productOf(subject);
  const [any] = subject.environments;
  const rows = (pipeline?.checks ?? []).flatMap((reference) => {
    const name = refName(reference, "checks") ?? "";
    const check = any?.checks[name];
    if (check === undefined) return [];
    const blocks = check.blocks === undefined ? "" : { merge: "merging", release: "a release", apply: "applying" }[check.blocks];
    return [[text(name), code(check.folder ?? "."), check.steps.map((step) => code(step)).join("<br>"), blocks]];
  });
  if (rows.length === 0) return [];
  return ["## Checks", "Each can be run in its folder before a push:", table(["check", "folder", "commands", "blocks"], rows)];
}

function wayParts(subject: Subject): readonly string[] {
  const environments = inCloud(subject).filter(({ deploy }) => deploy !== undefined && deploy.length > 0);
  if (environments.length === 0) return [];
  return [
    "## From a merge to people",
    list(
      environments.map((one) => {
        const migrates = one.release?.before?.some(({ step }) => step === "migrate") === true;
        return `${text(one.environment)}, by ${listed((one.deploy ?? []).map(triggerText), "or")}: ${strategyText(one)}${migrates ? "; migrations run before the new version gets traffic" : ""}`;
      }),
    ),
  ];
}

function infrastructureParts(subject: Subject): readonly string[] {
  const { pipeline } = productOf(subject);
  const layout = layoutOf(subject);
  if (subject.plain)
    return pipeline?.infrastructure === undefined
      ? []
      : [
          "## Infrastructure",
          `It is Terraform, in ${code(`${layout.root}/`)}: change it there, and look at the plan on the pull request.`,
        ];
  return [
    "## Infrastructure",
    "What the infrastructure is stands in the spec; the files below it are written from it, and checked in so that a change can be read.",
    block("sh", ["gantry check", "gantry synth --diff # what would change", "gantry synth"]),
  ];
}

function numbered(items: readonly string[]): string {
  return items.map((one, index) => `${index + 1}. ${one}`).join("\n");
}
