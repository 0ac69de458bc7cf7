import type { Path } from "../lib/paths.ts";
import { type Problem, compareProblems } from "../lib/problem.ts";
import { textWithoutSecrets } from "../lib/secrets.ts";
import { checkCloudNames } from "./checks/cloud-names.ts";
import { checkProvided, checkRegions, checkSizes } from "./checks/clouds.ts";
import { checkConnections } from "./checks/connections.ts";
import { type EnvironmentContext, type ProductContext, environmentContext, productContext } from "./checks/context.ts";
import {
  checkComposeFiles,
  checkEnvFiles,
  checkPipelineFile,
  checkPolicyFiles,
  checkRoots,
  checkWorkflowNames,
} from "./checks/files.ts";
import { checkFlagSettings, checkHostsAndPorts, checkNames } from "./checks/names.ts";
import { checkCycles, checkPresence, checkReferences } from "./checks/references.ts";
import { checkApprovals, checkFreezes, checkRoles, checkStrategy } from "./checks/releases.ts";
import {
  checkBackups,
  checkCredentials,
  checkData,
  checkIsolation,
  checkLimits,
  checkPlainSecrets,
  checkPublicStores,
} from "./checks/safety.ts";
import { checkBudgets, checkConditions, checkSlos, checkTools } from "./checks/watching.ts";
import type { Environment } from "./environment.ts";
import type { Normalised } from "./normalise.ts";
import { Resolver, environmentCases } from "./resolve.ts";
import { type ProductData, entitySchemas, productSchema } from "./schema/product.ts";
import { followsFrom, soundPart } from "./sound-part.ts";
import type { Sources } from "./sources.ts";
import { validateShape } from "./validate.ts";

const productChecks = [
  checkCycles,
  checkNames,
  checkFlagSettings,
  checkRoles,
  checkApprovals,
  checkFreezes,
  checkSlos,
  checkTools,
  checkIsolation,
  checkCredentials,
  checkRoots,
  checkEnvFiles,
  checkPolicyFiles,
  checkWorkflowNames,
  checkComposeFiles,
  checkPipelineFile,
];
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
  checkConnections,
  checkRegions,
  checkSizes,
  checkProvided,
  checkCloudNames,
];

/** A check of one resolved environment. */
export type EnvironmentCheck = (context: EnvironmentContext) => void;

export type Checked = {
  readonly problems: readonly Problem[];
  readonly environments: readonly Environment[];
  readonly product: ProductData;
};

/**
 * Everything that is wrong with a product, all at once, in the order of the file. Where its shape is wrong, or a reference leads
 * nowhere, what builds on that is left out, so that one mistake is told once; the rest is checked all the same. `more` are the checks of
 * rooms that know more than this one, as that of PromQL.
 */
export function checkProduct({ data, sources, problems: found }: Normalised, more: readonly EnvironmentCheck[] = []): Checked {
  const product = data as unknown as ProductData;
  const shape = (given: Data) => validateShape(productSchema, given, { root: given, at: [], sources });
  const references = (given: Data) => inContext(given, sources, [checkReferences]);
  const environmentsOf = rememberingLast((given: Data) => {
    const resolver = new Resolver(given);
    return environmentCases(given).map((one) => ({ one, environment: resolver.resolve(one.name, one.switches) }));
  });
  const changes = (given: Data) =>
    environmentsOf(given).flatMap(({ one, environment }) => changedShapes(one, environment, { data: given, sources }));
  const sound = soundPart(data, sources, found, [shape, references, changes]);
  if (!sound.data) return { problems: tidy(sound.problems, 0), environments: [], product };
  const whole = sound.out.length === 0;
  const environments = environmentsOf(sound.data).map(({ environment }) => environment);
  const problems = inContext(sound.data, sources, productChecks);
  for (const environment of environments) {
    const here = environmentContext(environment, sound.data as unknown as ProductData, sources, problems);
    if (whole || !decides(sound.out, environment.environment)) for (const check of [...environmentChecks, ...more]) check(here);
  }
  const others = whole ? problems : problems.filter((problem) => !followsFrom(problem, sound.out, data));
  return {
    problems: tidy([...sound.problems, ...others], environments.length),
    environments: whole ? environments : [],
    product,
  };
}

type Data = Readonly<Record<string, unknown>>;

/** Most products are sound at the first look, and then need not be resolved a second time. */
function rememberingLast<T>(make: (given: Data) => T): (given: Data) => T {
  let last: { readonly of: Data; readonly made: T } | undefined;
  return (given) => (last?.of === given ? last : (last = { of: given, made: make(given) })).made;
}

function inContext(data: Data, sources: Sources, checks: readonly ((context: ProductContext) => void)[]): Problem[] {
  const problems: Problem[] = [];
  const context = productContext(data as unknown as ProductData, sources, problems);
  for (const check of checks) check(context);
  return problems;
}

/** What an environment is, as opposed to what it has: without it nothing can be said about the environment. */
const essential: ReadonlySet<unknown> = new Set(["production", "managed", "region", "runs", "data", "onlyData"]);

function decides(out: readonly Path[], environment: string): boolean {
  return out.some(
    (path) => path[0] === "environments" && path[1] === environment && essential.has(path[2] === "cases" ? path[4] : path[2]),
  );
}

/** What an environment changes is checked after the change, as the whole that it makes. */
function changedShapes(
  one: ReturnType<typeof environmentCases>[number],
  environment: Environment,
  { data, sources }: Pick<Normalised, "data" | "sources">,
): Problem[] {
  const problems: Problem[] = [];
  for (const [collection, changes] of Object.entries((one.data["overrides"] ?? {}) as Record<string, Record<string, unknown>>)) {
    const schema = entitySchemas[collection as keyof typeof entitySchemas];
    const members = environment[collection as "services"] as unknown as Record<string, Record<string, unknown>>;
    for (const name of Object.keys(changes)) {
      const merged = members[name];
      if (!merged || !schema) continue;
      const written = withoutKeys(merged, derivedKeys[collection] ?? []);
      const at = [...one.path, "overrides", collection, name];
      problems.push(...validateShape(schema, written, { root: data, at, sources, environment: one.name }));
    }
  }
  return problems;
}

/** What resolving adds to the members of a collection. */
const derivedKeys: Readonly<Record<string, readonly string[]>> = { services: ["grants", "secrets"], flags: ["is"] };

function withoutKeys(record: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => !keys.includes(key)));
}

/** Whatever a problem quotes, it quotes no credential. */
function withoutSecretText(problem: Problem): Problem {
  const hint = problem.hint === undefined ? {} : { hint: textWithoutSecrets(problem.hint) };
  return { ...problem, ...hint, message: textWithoutSecrets(problem.message), path: textWithoutSecrets(problem.path) };
}

/** In the order of the file; what is wrong in several environments alike is told once. */
function tidy(problems: readonly Problem[], environments: number): readonly Problem[] {
  const told = problems.map(withoutSecretText);
  const groups = new Map<string, Problem[]>();
  for (const problem of told) {
    const place = problem.places[0];
    const key = [
      problem.code,
      place?.file,
      place?.line,
      place?.column,
      problem.environment === undefined ? problem.path : "",
      general(problem),
    ].join("\0");
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
function general({ message, environment }: Problem): string {
  if (environment === undefined) return message;
  const word = environment.replace(/[^a-z0-9-]/g, "\\$&");
  return message.replace(new RegExp(`(?<![\\w-])${word}(?![\\w-])`, "g"), "");
}
