import type { z } from "zod";
import { didYouMean } from "../lib/nearest.ts";
import { type Path, pathText, valueAt } from "../lib/paths.ts";
import type { Problem } from "../lib/problem.ts";
import { isSecretName, isSecretText, pathWithoutSecrets, withoutSecrets } from "../lib/secrets.ts";
import { listed, shown } from "../lib/text.ts";
import { builders } from "./describe.ts";
import type { Collection } from "./node.ts";
import { singular } from "./singular.ts";
import type { Sources } from "./sources.ts";

type Issue = z.core.$ZodIssue;

/** Everything about a value's shape that a schema does not allow, in our words and at its place. */
export function validateShape(
  schema: z.ZodType,
  value: unknown,
  where: { readonly root: unknown; readonly at: Path; readonly sources: Sources; readonly environment?: string },
): Problem[] {
  try {
    const result = schema.safeParse(value, { error: remember });
    if (result.success) return [];
    const otherKinds = result.error.issues.filter((issue) => isOtherKind(issue, value));
    const rest = result.error.issues.filter((issue) => !otherKinds.some((kind) => isInside(issue.path, kind.path.slice(0, -1))));
    return [
      ...otherKinds.map((issue) => otherKindProblem(issue, value, where)),
      ...rest.flatMap((issue) => problemsOf(issue, [], value, where)),
    ];
  } catch (error) {
    // Zod passes what it found on as arguments, of which there can only be so many.
    if (!(error instanceof RangeError)) throw error;
    const places = [where.sources.placeAt(where.root, where.at)];
    return [
      {
        code: "too-large",
        severity: "error",
        path: pathText(where.at),
        places,
        message: "more is wrong here than can be told",
        hint: "a long list is wrong throughout: mend what makes it",
      },
    ];
  }
}

type Where = { readonly root: unknown; readonly at: Path; readonly sources: Sources; readonly environment?: string };

type ValueIssue = Issue & { code: "invalid_value" };

/** A value that says it is of another kind: what else differs between the two kinds needs no telling. */
function isOtherKind(issue: Issue, value: unknown): issue is ValueIssue {
  return (
    issue.code === "invalid_value" &&
    issue.path.at(-1) === "kind" &&
    issue.values.length === 1 &&
    typeof valueAt(value, issue.path as Path) === "string"
  );
}

function isInside(path: readonly PropertyKey[], around: readonly PropertyKey[]): boolean {
  return around.every((step, index) => path[index] === step);
}

function otherKindProblem(issue: ValueIssue, value: unknown, where: Where): Problem {
  const inside = issue.path.slice(0, -1) as Path;
  const path = [...where.at, ...inside];
  const wanted = String(issue.values[0]);
  const hints: Readonly<Record<string, string>> = {
    condition: 'compare a signal, as errorRate(api).above("2%")',
    signal: "leave the comparison out: .above(…), .below(…) make a condition of a signal",
  };
  return {
    code: "wrong-type",
    severity: "error",
    path: pathText(pathWithoutSecrets(path)),
    places: [where.sources.placeAt(where.root, path)],
    message: `${pathText(pathWithoutSecrets(path))} is a ${String(valueAt(value, issue.path as Path))}, but has to be a ${wanted}`,
    hint: hints[wanted] ?? `use a ${wanted}`,
    ...(where.environment === undefined ? {} : { environment: where.environment }),
  };
}

function problemsOf(issue: Issue, around: Path, value: unknown, where: Where): Problem[] {
  const inside = [...around, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
  const found = valueAt(value, inside);
  const path = [...where.at, ...inside];
  const problem = (code: string, message: string, hint: string, at: Path = path, part: "key" | "value" = "value"): Problem => ({
    code,
    severity: "error",
    path: pathText(pathWithoutSecrets(at)),
    places: [where.sources.placeAt(where.root, at, part)],
    message,
    hint,
    ...(where.environment === undefined ? {} : { environment: where.environment }),
  });
  const name = pathText(pathWithoutSecrets(path));
  switch (issue.code) {
    case "unrecognized_keys": {
      const known = knownKeysOf.get(issue.keys) ?? [];
      return issue.keys.map((key) =>
        key === "(options)"
          ? problem(
              "wrong-type",
              `${name === "" ? "a product" : name} was given ${told(valueAt(found, [key]), [])} where its options stand`,
              "write an object: { … }",
            )
          : problem(
              "unknown-key",
              `${name === "" ? "a product" : name} has no ${shown(key)}`,
              didYouMean(key, known) ?? (known.length === 0 ? "leave it out" : `one of: ${known.toSorted().join(", ")}`),
              [...path, key],
              "key",
            ),
      );
    }
    case "invalid_union": {
      const branch = bestBranch(issue, found);
      if (branch) return branch.flatMap((inner) => problemsOf(inner, inside, value, where));
      if ("discriminator" in issue && typeof issue.discriminator === "string") {
        // Zod's path ends at the discriminator itself.
        const around = valueAt(value, inside.slice(0, -1));
        const given = typeof around === "object" ? found : undefined;
        const options = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
        const hint =
          (typeof given === "string" ? didYouMean(given, options) : undefined) ??
          (options.length > 0 ? `one of: ${options.join(", ")}` : "use one of the builders");
        if (given === undefined) return [problem("missing", `${name} is missing`, hint)];
        return [problem("unknown-value", `${name} cannot be ${told(given, path)}`, hint)];
      }
      const expected = message(issue) ?? alternatives(issue);
      if (found === undefined) return [problem("missing", `${name} is missing`, expected)];
      const listed = issue.errors
        .flat()
        .some(
          (one) =>
            one.path.length === 0 && one.code === "invalid_value" && one.values.some((value) => typeof value === typeof found),
        );
      if (listed) return [problem("unknown-value", `${name} cannot be ${told(found, path)}`, expected)];
      return [
        problem(
          typeof found === "object" || issue.errors.every((one) => one.some(isOuter)) ? "wrong-type" : "bad-value",
          `${name} is ${told(found, path)}, which cannot stand here`,
          expected,
        ),
      ];
    }
    case "invalid_value": {
      const options = issue.values.map(String);
      if (found === undefined)
        return [
          problem(
            "missing",
            `${name} is missing`,
            options.length === 1
              ? `write ${lastName(path)}: ${options.join("")}`
              : `write ${lastName(path)}: one of ${options.join(", ")}`,
          ),
        ];
      const hint = typeof found === "string" ? didYouMean(found, options) : undefined;
      return [
        problem(
          "unknown-value",
          `${name} cannot be ${told(found, path)}`,
          hint ?? (options.length === 1 ? `write ${options.join("")}` : `one of: ${options.join(", ")}`),
        ),
      ];
    }
    case "invalid_type": {
      const reference = message(issue);
      if (found === undefined)
        return [problem("missing", `${name} is missing`, reference ?? `write ${lastName(path)}: ${article(issue.expected)}`)];
      if (reference !== undefined)
        return [problem("wrong-type", `${name} is ${told(found, path)}, which cannot stand here`, reference)];
      return [
        problem(
          "wrong-type",
          `${name} is ${told(found, path)}, but has to be ${article(issue.expected)}`,
          `write ${article(issue.expected)} here`,
        ),
      ];
    }
    case "invalid_key": {
      const inner = issue.issues[0];
      const key = String(issue.path.at(-1));
      return [
        problem("bad-name", `${shown(key)} cannot be a name here`, (inner && message(inner)) ?? "use another name", path, "key"),
      ];
    }
    case "too_big":
    case "too_small":
      return [
        problem(
          "out-of-range",
          `${name} is ${told(found, path)}, which is ${excess(issue)}`,
          message(issue) ?? `it has to ${bound(issue)}`,
        ),
      ];
    default: {
      const params = issue.code === "custom" ? (issue.params as { code?: string } | undefined) : undefined;
      const prefix =
        issue.code === "invalid_format" && "prefix" in issue
          ? `it has to start with ${String(issue.prefix)}`
          : "write it in another form";
      return [
        problem(
          params?.code ?? "bad-value",
          `${name} is ${told(found, path)}, which ${unfit[params?.code ?? ""] ?? "cannot stand here"}`,
          message(issue) ?? prefix,
        ),
      ];
    }
  }
}

/** A value in words, for a message that ends up in logs: what stands at a key such as password is not repeated. */
function told(value: unknown, path: Path): string {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  // The first two steps are a collection and a name in it.
  const secret =
    (path.at(-1) !== "ref" && path.slice(2).some((step) => typeof step === "string" && isSecretName(step))) ||
    (path.length === 1 && isSecretName(String(path[0])));
  if ((secret && (typeof value === "string" || typeof value === "number")) || (typeof value === "string" && isSecretText(value)))
    return typeof value === "string" ? "text (not repeated here)" : "a number (not repeated here)";
  return shown(withoutSecrets(value, secret, { most: 20 }));
}

const unfit: Readonly<Record<string, string>> = { "bad-duration": "is no duration", "bad-cron": "is no schedule" };

function excess({ code, origin }: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  const length = origin === "string" || origin === "array";
  if (code === "too_big") return length ? "too long" : "too large";
  return length ? "too short" : "too small";
}

function bound(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  const unit = issue.origin === "string" ? " characters" : issue.origin === "array" ? " entries" : "";
  if (issue.code === "too_small" && unit !== "" && Number(issue.minimum) === 1) return "hold something";
  const most = issue.code === "too_big";
  const limit = most ? issue.maximum : issue.minimum;
  return `${unit === "" ? "be" : "have"} ${issue.inclusive === false ? (most ? "less than" : "more than") : most ? "at most" : "at least"} ${limit}${unit}`;
}

/** What the alternatives of a union are, by the types they begin with. */
function alternatives(issue: Issue & { code: "invalid_union" }): string {
  const words = issue.errors.flatMap((issues) => {
    const outer = issues.find((one) => one.path.length === 0);
    if (outer?.code === "invalid_type") return [message(outer) ?? article(outer.expected)];
    return outer?.code === "invalid_value" ? outer.values.map((one) => shown(one)) : [];
  });
  return words.length === 0 ? "write it in another form" : `write ${listed([...new Set(words)], "or")}`;
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
  // Of several ways to write one text none is meant more than another: what the union says of itself tells them all.
  if (
    typeof found !== "object" &&
    message(issue) !== undefined &&
    issue.errors.filter((issues) => !issues.some(isOuter)).length > 1
  )
    return undefined;
  let best: { issues: readonly Issue[]; score: number } | undefined;
  for (const issues of issue.errors) {
    if (issues.some(isOuter)) continue;
    const tag = issues.find(
      (inner) => (inner.code === "invalid_value" || inner.code === "invalid_union") && inner.path.length <= 1 && isTag(inner),
    );
    // A tag that is there and wrong was meant; one that is not there says nothing.
    const tagged =
      tag === undefined ? 0 : tag.code === "invalid_value" ? -100 : valueAt(found, tag.path as Path) === undefined ? -50 : -15;
    const missing = issues.filter(
      (inner) => inner.path.length === 1 && inner.code === "invalid_type" && valueAt(found, inner.path as Path) === undefined,
    ).length;
    const unknown = issues.reduce((sum, inner) => sum + (inner.code === "unrecognized_keys" ? inner.keys.length : 0), 0);
    const strange =
      tag === undefined && typeof found === "object" && found !== null && unknown === Object.keys(found).length ? -40 : 0;
    const score = tagged + strange - 10 * missing - 10 * unknown - issues.length;
    if (!best || score > best.score) best = { issues, score };
  }
  const strange = best && best.score <= -40 && message(issue) !== undefined;
  return best && best.score > -100 && !strange ? best.issues : undefined;
}

/** Wrong from the outside: of another type altogether. */
function isOuter(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  if (issue.code === "invalid_union") return issue.errors.length > 0 && issue.errors.every((branch) => branch.some(isOuter));
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

function isTag(issue: Issue): boolean {
  if (issue.code === "invalid_union") return issue.errors.length === 0;
  return ["kind", "gate", "ref", "strategy", "cloud", "on", "does"].includes(String(issue.path.at(-1)));
}

// Zod hands the schema that refused a value only to this callback. The list of refused keys is the same object before and after;
// what should have been a reference is said at once.
const knownKeysOf = new WeakMap<object, readonly string[]>();

function remember(raw: z.core.$ZodRawIssue): string | undefined {
  const definition = raw.inst?._zod.def as { shape?: Readonly<Record<string, z.ZodType>>; discriminator?: string } | undefined;
  if (raw.code === "unrecognized_keys") knownKeysOf.set(raw.keys, Object.keys(definition?.shape ?? {}));
  if (raw.code !== "invalid_type" || raw.expected !== "object" || !definition) return undefined;
  if (definition.discriminator !== undefined) return madeBy[definition.discriminator];
  if (definition.shape?.["ref"]) return referenceHint(definition.shape["ref"]);
  return definition.shape?.["signal"] && definition.shape["is"] && 'compare a signal, as errorRate(api).above("2%")';
}

/** What makes the members of a union, by what tells them apart. */
const madeBy: Readonly<Record<string, string>> = {
  on: "make it with onPush(), onMerge(), onTag() or their kin",
  strategy: "make it with canary(), blueGreen(), rolling() or recreate()",
  cloud: "make it with gcp(), aws(), azure() or local()",
  gate: "make it with approvedBy(), healthy(), smoke() or their kin",
  does: "make it with step.check(), step.run() or their kin",
};

/** What a reference may lead to stands in the pattern of its text. */
function referenceHint(ref: z.ZodType): string | undefined {
  for (const check of ref._zod.def.checks ?? []) {
    const { pattern } = check._zod.def as { pattern?: RegExp };
    const collections = /^\^\(\?:([\w|]+)\)/.exec(pattern?.source ?? "")?.[1]?.split("|") as Collection[] | undefined;
    if (collections)
      return `name ${listed(
        collections.map((one) => `${/^[aeo]/.test(singular[one]) ? "an" : "a"} ${singular[one]}`),
        "or",
      )}, made by ${listed(
        collections.map((one) => builders[one]),
        "or",
      )}; as data { "ref": "${collections[0]}.…" }`;
  }
  return undefined;
}

function lastName(path: Path): string {
  return String(path.at(-1) ?? "it");
}

function article(expected: string): string {
  const words: Record<string, string> = {
    array: "a list",
    object: "an object",
    record: "an object",
    string: "text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
  };
  return words[expected] ?? expected;
}
