import type { z } from "zod";
import { didYouMean } from "../lib/nearest.ts";
import { type Path, pathText, valueAt } from "../lib/paths.ts";
import type { Problem } from "../lib/problem.ts";
import { shown } from "../lib/text.ts";
import type { Sources } from "./sources.ts";

type Issue = z.core.$ZodIssue;

/** Everything about a value's shape that a schema does not allow, in our words and at its place. */
export function validateShape(
  schema: z.ZodType,
  value: unknown,
  where: { readonly root: unknown; readonly at: Path; readonly sources: Sources; readonly environment?: string },
): Problem[] {
  const result = schema.safeParse(value, { error: rememberKnownKeys });
  if (result.success) return [];
  return result.error.issues.flatMap((issue) => problemsOf(issue, [], value, where));
}

type Where = { readonly root: unknown; readonly at: Path; readonly sources: Sources; readonly environment?: string };

function problemsOf(issue: Issue, around: Path, value: unknown, where: Where): Problem[] {
  const inside = [...around, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
  const found = valueAt(value, inside);
  const path = [...where.at, ...inside];
  const problem = (code: string, message: string, hint: string, at: Path = path, part: "key" | "value" = "value"): Problem => ({
    code,
    severity: "error",
    path: pathText(at),
    places: [where.sources.placeAt(where.root, at, part)],
    message,
    hint,
    ...(where.environment === undefined ? {} : { environment: where.environment }),
  });
  const name = pathText(path);
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownKeysOf.get(issue.keys) ?? [];
      return issue.keys.map((key) =>
        problem("unknown-key", `${name === "" ? "a product" : name} has no ${shown(key)}`, didYouMean(key, known) ?? "see the reference for what can stand here", [...path, key], "key"),
      );
    }
    case "invalid_union": {
      const branch = bestBranch(issue, found);
      if (branch) return branch.flatMap((inner) => problemsOf(inner, inside, value, where));
      if ("discriminator" in issue && typeof issue.discriminator === "string") {
        const given = valueAt(found, [issue.discriminator]);
        const options = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
        const hint = (typeof given === "string" ? didYouMean(given, options) : undefined) ?? (options.length > 0 ? `one of: ${options.join(", ")}` : "use one of the builders");
        if (given === undefined) return [problem("wrong-type", `${name} is ${found === undefined ? "missing" : shown(found)}, which is none of the things that can stand here`, hint)];
        return [problem("unknown-value", `${name} cannot be ${shown(given)}`, hint, [...path, issue.discriminator])];
      }
      return [problem("wrong-type", `${name} is ${shown(found)}`, message(issue) ?? "see the reference for what can stand here")];
    }
    case "invalid_value": {
      const options = issue.values.map(String);
      if (found === undefined) return [problem("missing", `${name} is missing`, `write ${lastName(path)}: one of ${options.join(", ")}`)];
      const hint = typeof found === "string" ? didYouMean(found, options) : undefined;
      return [problem("unknown-value", `${name} cannot be ${shown(found)}`, hint ?? `one of: ${options.join(", ")}`)];
    }
    case "invalid_type": {
      if (found === undefined) return [problem("missing", `${name} is missing`, `write ${lastName(path)}: ${article(issue.expected)}`)];
      return [problem("wrong-type", `${name} is ${shown(found)}, but has to be ${article(issue.expected)}`, `write ${article(issue.expected)} here`)];
    }
    case "invalid_key": {
      const inner = issue.issues[0];
      const key = String(issue.path.at(-1));
      return [problem("bad-name", `${shown(key)} cannot be a name here`, (inner && message(inner)) ?? "use another name", path, "key")];
    }
    case "too_big":
    case "too_small": {
      const own = message(issue);
      const bound = issue.code === "too_big" ? `at most ${issue.maximum}` : `at least ${issue.minimum}`;
      return [problem("out-of-range", `${name} is ${shown(found)}`, own ?? `it has to be ${bound}`)];
    }
    default: {
      const params = issue.code === "custom" ? (issue.params as { code?: string } | undefined) : undefined;
      return [problem(params?.code ?? "bad-value", `${name} is ${shown(found)}`, message(issue) ?? "see the reference for what can stand here")];
    }
  }
}

/** Zod's own words begin with capitals and speak of types; ours are set in the schema and do not. */
function message(issue: Issue): string | undefined {
  return /^(?:Invalid|Too|Unrecognized|Expected)/.test(issue.message) ? undefined : issue.message;
}

/**
 * Of the alternatives of a union, the one that was meant: the one that got the value's type right and failed deepest.
 * Undefined when none did.
 */
function bestBranch(issue: Issue & { code: "invalid_union" }, found: unknown): readonly Issue[] | undefined {
  let best: { issues: readonly Issue[]; score: number } | undefined;
  for (const issues of issue.errors) {
    const outer = issues.some((inner) => inner.path.length === 0 && (inner.code === "invalid_type" || inner.code === "invalid_value"));
    if (outer) continue;
    const wrongTag = issues.some((inner) => (inner.code === "invalid_value" || inner.code === "invalid_union") && inner.path.length <= 1 && isTag(inner));
    const missing = issues.filter((inner) => inner.path.length === 1 && inner.code === "invalid_type" && valueAt(found, inner.path as Path) === undefined).length;
    const unknown = issues.reduce((sum, inner) => sum + (inner.code === "unrecognized_keys" ? inner.keys.length : 0), 0);
    const score = (wrongTag ? -100 : 0) - 10 * missing - 10 * unknown - issues.length;
    if (!best || score > best.score) best = { issues, score };
  }
  return best && best.score > -100 ? best.issues : undefined;
}

function isTag(issue: Issue): boolean {
  if (issue.code === "invalid_union") return issue.errors.length === 0;
  return ["kind", "gate", "ref", "strategy", "cloud", "on", "does"].includes(String(issue.path.at(-1)));
}

// Zod hands the schema that refused a key only to this callback; the list of refused keys is the same object before and after.
const knownKeysOf = new WeakMap<object, readonly string[]>();

function rememberKnownKeys(raw: z.core.$ZodRawIssue): undefined {
  if (raw.code !== "unrecognized_keys") return;
  const definition = raw.inst?._zod.def as { shape?: object } | undefined;
  knownKeysOf.set(raw.keys, Object.keys(definition?.shape ?? {}));
}

function lastName(path: Path): string {
  return String(path.at(-1) ?? "it");
}

function article(expected: string): string {
  const words: Record<string, string> = { array: "a list", object: "an object", record: "an object", string: "text", number: "a number", int: "a whole number", boolean: "true or false" };
  return words[expected] ?? expected;
}

