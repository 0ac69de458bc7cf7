import { type Problem, compareProblems } from "../lib/problem.ts";
import { checkRegions, checkSizes } from "./checks/clouds.ts";
import { environmentContext, productContext } from "./checks/context.ts";
import { checkHostsAndPorts, checkNames } from "./checks/names.ts";
import { checkCycles, checkPresence, checkReferences } from "./checks/references.ts";
import { checkFreezes, checkRoles, checkStrategy } from "./checks/releases.ts";
import { checkBackups, checkCredentials, checkData, checkIsolation, checkLimits, checkPlainSecrets, checkPublicStores } from "./checks/safety.ts";
import { checkBudgets, checkConditions, checkSlos } from "./checks/watching.ts";
import type { Environment } from "./environment.ts";
import type { Normalised } from "./normalise.ts";
import { Resolver, environmentCases } from "./resolve.ts";
import { type ProductData, entitySchemas, productSchema } from "./schema/product.ts";
import { validateShape } from "./validate.ts";

const productChecks = [checkReferences, checkCycles, checkNames, checkRoles, checkFreezes, checkSlos, checkIsolation, checkCredentials];
const environmentChecks = [
  checkPresence,
  checkHostsAndPorts,
  checkStrategy,
  checkConditions,
  checkBudgets,
  checkData,
  checkBackups,
  checkPublicStores,
  checkPlainSecrets,
  checkLimits,
  checkRegions,
  checkSizes,
];

export type Checked = { readonly problems: readonly Problem[]; readonly environments: readonly Environment[]; readonly product: ProductData };

/**
 * Everything that is wrong with a product, all at once, in the order of the file. The shape is looked at first: where it is wrong,
 * what would build on it is left out, so that one mistake is told once.
 */
export function checkProduct({ data, sources, problems: found }: Normalised): Checked {
  const problems: Problem[] = [...found];
  // A name that is taken twice leaves one of the two out; what refers to it would only be told again.
  problems.push(...validateShape(productSchema, data, { root: data, at: [], sources }).filter((problem) => !toldAlready(problem, found)));
  const product = data as unknown as ProductData;
  if (problems.some((problem) => problem.severity === "error")) return { problems: tidy(problems, 0), environments: [], product };
  const context = productContext(product, sources, problems);
  for (const check of productChecks) check(context);
  if (problems.some((problem) => problem.code === "unknown-reference")) return { problems: tidy(problems, 0), environments: [], product };
  const resolver = new Resolver(data);
  const environments: Environment[] = [];
  const cases = environmentCases(data);
  for (const one of cases) {
    const environment = resolver.resolve(one.name, one.switches);
    const shapes = changedShapes(one, environment, { data, sources });
    problems.push(...shapes);
    environments.push(environment);
    if (shapes.length > 0) continue;
    const here = environmentContext(environment, product, sources, problems);
    for (const check of environmentChecks) check(here);
  }
  return { problems: tidy(problems, cases.length), environments, product };
}

/** What an environment changes is checked after the change, as the whole that it makes. */
function changedShapes(one: ReturnType<typeof environmentCases>[number], environment: Environment, { data, sources }: Pick<Normalised, "data" | "sources">): Problem[] {
  const problems: Problem[] = [];
  for (const [collection, changes] of Object.entries((one.data["overrides"] ?? {}) as Record<string, Record<string, unknown>>)) {
    const schema = entitySchemas[collection as keyof typeof entitySchemas];
    const members = environment[collection as "services"] as unknown as Record<string, Record<string, unknown>>;
    for (const name of Object.keys(changes)) {
      const merged = members[name];
      if (!merged || !schema) continue;
      const { grants: _g, secrets: _s, ...written } = merged;
      const at = [...one.path, "overrides", collection, name];
      problems.push(...validateShape(schema, collection === "services" ? written : merged, { root: data, at, sources, environment: one.name }));
    }
  }
  return problems;
}

/** Whether a problem only follows from one that was found before: at it, in it, or in what it left empty. */
function toldAlready(problem: Problem, found: readonly Problem[]): boolean {
  return found.some((known) => known.path !== "" && (isWithin(problem.path, known.path) || (problem.code !== "unknown-key" && isWithin(known.path, problem.path))));
}

function isWithin(path: string, around: string): boolean {
  return path === around || path.startsWith(`${around}.`) || path.startsWith(`${around}[`);
}

/** In the order of the file; what is wrong in several environments alike is told once. */
function tidy(problems: readonly Problem[], environments: number): readonly Problem[] {
  const groups = new Map<string, Problem[]>();
  for (const problem of problems) {
    const place = problem.places[0];
    const key = [problem.code, place?.file, place?.line, place?.column, problem.environment === undefined ? problem.path : "", general(problem)].join("\0");
    const group = groups.get(key);
    if (group) group.push(problem);
    else groups.set(key, [problem]);
  }
  return [...groups.values()]
    .map((group) => {
      const [first] = group as [Problem];
      const names = [...new Set(group.flatMap((one) => one.environment ?? []))];
      if (names.length < 2) return first;
      const { environment: _, ...rest } = first;
      return names.length >= environments ? rest : { ...rest, environment: names.join(", ") };
    })
    .toSorted(compareProblems);
}

/** The message without the environment it names, so that one mistake seen from six environments is one problem. */
function general(problem: Problem): string {
  return problem.environment === undefined ? problem.message : problem.message.replaceAll(problem.environment, "");
}
