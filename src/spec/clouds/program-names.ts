import type { NameRule } from "./names.ts";

// Names that Terraform, shells and containers take, and those that they keep to themselves.

/** A folder of a module is also what the module is called in a root. */
export const moduleNameRule: NameRule = {
  what: "module",
  least: 1,
  most: 64,
  form: /^[A-Za-z_][A-Za-z0-9_-]*$/,
  formIs: "letters, digits, dashes and underscores are allowed, a letter or underscore first",
  hint: "use at most 64 letters, digits, dashes and underscores",
};

/** Cloud Run sets these itself and refuses a revision that does (container contract: environment variables). */
const cloudRun = new Set(["PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"]);

/** bash never lets these be set, so a script that reads a file with one of them ends there. */
const readOnly = new Set(["BASHOPTS", "BASH_VERSINFO", "EUID", "PPID", "SHELLOPTS", "UID"]);

/** Why a variable of that name cannot be given to a service. */
export function variableProblem(name: string, onCloudRun: boolean): string | undefined {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return "a variable's name is letters, digits and underscores";
  if (readOnly.has(name)) return "shells keep it to themselves and never let it be set";
  if (onCloudRun && cloudRun.has(name)) return "Cloud Run sets it itself";
  return undefined;
}
