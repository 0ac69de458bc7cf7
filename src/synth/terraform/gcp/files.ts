import type { File } from "../../file.ts";
import { type Entry, attribute, attributes, block, expression, gap, hclFile } from "../../text/hcl.ts";
import { leastTerraform } from "../version.ts";
import { stateBucket } from "./foundation.ts";
import type { Output, Part, Place, Variable } from "./place.ts";

// The files of a root, as people look for them.

export function rootFiles(place: Place, parts: readonly Part[], outputs: readonly Output[], prefix: string): readonly File[] {
  const variables = byName(parts.flatMap(({ variables: own = [] }) => own));
  const given = variables.filter(({ value }) => value !== undefined);
  const files: [name: string, entries: readonly Entry[]][] = [
    ["versions.tf", versions(place)],
    ["providers.tf", providers(place)],
    ["backend.tf", backend(place, prefix)],
    ...partFiles(parts),
    ["variables.tf", variables.map(variableBlock)],
    [place.layout.variables, valueEntries(given)],
    ["outputs.tf", outputs.map((one) => block("output", [one.name], attributes({ description: one.what, value: one.value })))],
  ];
  return files
    .filter(([, entries]) => entries.length > 0)
    .map(([name, entries]) => ({
      path: `${place.folder}/${name}`,
      text: `${name === place.layout.variables ? openValues(variables) : ""}${hclFile(entries)}`,
    }));
}

/** The parts that go into the same file, one after the other. */
function partFiles(parts: readonly Part[]): [name: string, entries: readonly Entry[]][] {
  const names = ["main.tf", "data.tf", "services.tf", "monitoring.tf"] as const;
  return names.map((name) => [name, parts.filter(({ file }) => file === name).flatMap(({ entries }) => entries)]);
}

/** Single values first; each of several lines stands by itself. */
function valueEntries(given: readonly Variable[]): readonly Entry[] {
  const long = ({ value }: Variable) =>
    typeof value === "object" && value !== null && (!Array.isArray(value) || value.some((one) => typeof one === "object"));
  return [
    ...given.filter((one) => !long(one)).flatMap(({ name, value }) => attributes({ [name]: value })),
    ...given.filter(long).flatMap(({ name, value }) => [gap, ...attributes({ [name]: value })]),
  ];
}

function versions({ environment }: Place): readonly Entry[] {
  const wanted = environment.pipeline?.infrastructure?.terraform;
  return [
    block(
      "terraform",
      [],
      [
        ...attribute(
          "required_version",
          `>= ${leastTerraform}, < 2.0`,
          wanted !== undefined && Number(wanted.split(".")[1]) < Number(leastTerraform.split(".")[1])
            ? `Not ${wanted}: below ${leastTerraform} the generated password of the database would lie in the state.`
            : undefined,
        ),
        block("required_providers", [], attributes({ google: { source: "hashicorp/google", version: "~> 6.50" } })),
      ],
    ),
  ];
}

function providers({ subject, environment }: Place): readonly Entry[] {
  return [
    block(
      "provider",
      ["google"],
      [
        ...attributes({ project: expression("var.project"), region: expression("var.region") }),
        gap,
        ...attribute(
          "billing_project",
          expression("var.project"),
          "Budgets are asked for in the name of this project, whoever applies.",
        ),
        ...attributes({ user_project_override: true }),
        gap,
        ...attributes({ default_labels: { product: subject.name, environment: environment.environment } }),
      ],
    ),
  ];
}

function backend(place: Place, prefix: string): readonly Entry[] {
  if (place.environment.pipeline?.infrastructure?.state?.in === "terraform cloud")
    return [
      block(
        "terraform",
        [],
        [
          block(
            "cloud",
            [],
            [block("workspaces", [], attributes({ name: `${place.subject.name}-${prefix}` }))],
            "The organisation comes from TF_CLOUD_ORGANIZATION.",
          ),
        ],
      ),
    ];
  return [
    block(
      "terraform",
      [],
      [
        block(
          "backend",
          ["gcs"],
          attributes({ bucket: stateBucket(place), prefix }),
          "One state an environment. This backend locks it by itself, with an object beside it: Object Lock, which keeps objects from being\nwritten, would only be in its way.",
        ),
      ],
    ),
  ];
}

/** A variable that two parts want is declared once. */
function byName(all: readonly Variable[]): readonly Variable[] {
  return [...new Map(all.map((one) => [one.name, one])).values()];
}

function variableBlock({ name, what, type, usual, check }: Variable): Entry {
  return block(
    "variable",
    [name],
    [
      ...attributes({ description: what, type, default: usual }),
      ...(check === undefined
        ? []
        : [block("validation", [], attributes({ condition: check.condition, error_message: check.message }))]),
    ],
  );
}

/** What has no value here comes from whoever sets the environment up. */
function openValues(variables: readonly Variable[]): string {
  const open = openOf(variables);
  if (open.length === 0) return "";
  return `# Set where this is applied: ${open.map((name) => `TF_VAR_${name}`).join(", ")}.\n\n`;
}

export function openOf(variables: readonly Variable[]): readonly string[] {
  return variables.filter(({ value, usual }) => value === undefined && usual === undefined).map(({ name }) => name);
}
