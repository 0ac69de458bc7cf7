import { UserError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { shown } from "../lib/text.ts";
import type { OnFile } from "../load/bundle.ts";
import { findSpec, loadSpec } from "../load/load.ts";
import type { Checked } from "../spec/check.ts";
import type { Environment } from "../spec/environment.ts";
import type { Normalised } from "../spec/normalise.ts";
import type { Given } from "./command.ts";

export type Spec = Normalised & { readonly file: string };

/** The spec that a command is about. */
export async function readSpec({ options }: Pick<Given, "options">, onFile?: OnFile): Promise<Spec> {
  const file = specFile({ options });
  // The schemas load while the spec is bundled: both take their time, and neither waits for the other.
  const [normalised] = await Promise.all([loadSpec(file, onFile), import("../spec/check.ts")]);
  return { ...normalised, file };
}

export function specFile({ options }: Pick<Given, "options">): string {
  return typeof options["config"] === "string" ? options["config"] : findSpec(process.cwd());
}

/** The spec, checked; refuses one with errors, for commands that build on it. */
export async function readSoundSpec(given: Pick<Given, "options">, onFile?: OnFile): Promise<Spec & Checked> {
  const spec = await readSpec(given, onFile);
  const { checkWhole } = await import("./check-whole.ts");
  const checked = checkWhole(spec);
  const errors = checked.problems.filter((problem) => problem.severity === "error");
  if (errors.length > 0) throw new UserError("unsound-spec", "the spec has problems", { problems: errors });
  return { ...spec, ...checked };
}

/** `--switch cloud=azure` */
export function switchesOf({ options }: Pick<Given, "options">): Record<string, string> {
  const given = (options["switch"] ?? []) as readonly string[];
  return Object.fromEntries(
    given.map((one) => {
      const [name, choice, ...rest] = one.split("=");
      if (!name || !choice || rest.length > 0)
        throw new UserError("usage", `--switch ${one} says nothing`, { hint: "write it as --switch cloud=azure" });
      return [name, choice];
    }),
  );
}

/** Refuses the name of an environment that a product does not have. */
export function requireEnvironment(name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  throw new UserError("unknown-environment", `there is no environment ${shown(name)}`, {
    hint: didYouMean(name, known) ?? (known.length > 0 ? `one of: ${known.join(", ")}` : "the spec has none"),
  });
}

/** An environment by its name, in the case that the switches choose. */
export function chooseEnvironment(checked: Checked, name: string, switches: Readonly<Record<string, string>>): Environment {
  const named = checked.environments.filter((one) => one.environment === name);
  requireEnvironment(name, [...new Set(checked.environments.map((one) => one.environment))]);
  for (const [by, choice] of Object.entries(switches)) {
    const choices = named.flatMap((one) => one.switches?.[by] ?? []);
    if (choices.length === 0)
      throw new UserError("unknown-switch", `${name} has no switch ${shown(by)}`, {
        hint:
          didYouMean(
            by,
            named.flatMap((one) => Object.keys(one.switches ?? {})),
          ) ?? "leave --switch out",
      });
    if (!choices.includes(choice))
      throw new UserError("unknown-switch", `${name} has no case ${shown(choice)} of ${by}`, {
        hint: didYouMean(choice, choices) ?? "",
      });
  }
  const chosen = named.find((one) => Object.entries(switches).every(([by, choice]) => one.switches?.[by] === choice)) ?? named[0];
  if (!chosen) throw new UserError("unknown-environment", `there is no environment ${shown(name)}`);
  return chosen;
}

/** Every environment of a product, each in the case that the switches choose, or in its usual one. */
export function chooseEnvironments(checked: Checked, switches: Readonly<Record<string, string>>): readonly Environment[] {
  requireSwitches(checked, switches);
  return [...new Set(checked.environments.map((one) => one.environment))].map((name) =>
    chooseEnvironment(checked, name, switchesKnownTo(checked, name, switches)),
  );
}

/** Those of the switches that an environment has. */
export function switchesKnownTo(
  checked: Checked,
  name: string,
  switches: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(switches).filter(([by]) =>
      checked.environments.some((one) => one.environment === name && one.switches?.[by] !== undefined),
    ),
  );
}

/** Refuses a switch that no environment has. */
export function requireSwitches(checked: Checked, switches: Readonly<Record<string, string>>): void {
  const known = checked.environments.flatMap((one) => Object.keys(one.switches ?? {}));
  for (const by of Object.keys(switches))
    if (!known.includes(by))
      throw new UserError("unknown-switch", `no environment has a switch ${shown(by)}`, {
        hint: didYouMean(by, known) ?? "leave --switch out",
      });
}
