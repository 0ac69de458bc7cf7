import { type Path, parsePath, valueAt } from "../lib/paths.ts";
import type { Problem } from "../lib/problem.ts";
import type { Sources } from "./sources.ts";

// What is left of a product when whatever is wrong with it is taken out, so that one run can tell what else is wrong.
//
// 1. What is taken out is as small as can be: a key; where that key has to be there, what is around it; never an item of a list,
//    whose neighbours would change their places.
// 2. What is only wrong because something was taken out is never told.

type Data = Readonly<Record<string, unknown>>;

/** `data` is missing where too much is wrong for anything to be left; what is wrong is told all the same. */
export type SoundPart = { readonly data?: Data; readonly problems: readonly Problem[]; readonly out: readonly Path[] };

const mostRounds = 20;
/** Each is held against what was taken out for the others: beyond this many, a person has enough to mend. */
const mostProblems = 2_000;

/** `looks` say what is wrong, the first before the second; each may count on what those before it are content with. */
export function soundPart(
  whole: Data,
  sources: Sources,
  found: readonly Problem[],
  looks: readonly ((data: Data) => readonly Problem[])[],
): SoundPart {
  const problems: Problem[] = [...found];
  const out: Path[] = found.map((problem) => parsePath(problem.path) ?? []).filter((path) => path.length > 0);
  let data = whole;
  for (let round = 0; round < mostRounds; round++) {
    const wrong = firstOf(looks, data);
    if (wrong.length === 0) return { data, problems, out };
    if (wrong.length > mostProblems) return { problems: [...problems, ...wrong], out };
    const known = [...out];
    const gone: Path[] = [];
    for (const problem of wrong) {
      if (!followsFrom(problem, known, whole)) problems.push(problem);
      const keys = keysOf(problem);
      // Several problems of one list take it out once; nothing around it has to go for the second.
      if (gone.some((path) => isWithin(keys, path))) continue;
      gone.push(nearestThere(data, keys));
      data = without(data, gone.at(-1) ?? [], sources);
    }
    out.push(...gone);
    if (gone.some((path) => path.length === 0)) return { problems: problems.length > 0 ? problems : wrong, out };
  }
  return { problems: problems.length > 0 ? problems : firstOf(looks, data), out };
}

function firstOf(looks: readonly ((data: Data) => readonly Problem[])[], data: Data): readonly Problem[] {
  for (const look of looks) {
    const wrong = look(data).filter((problem) => problem.severity === "error");
    if (wrong.length > 0) return wrong;
  }
  return [];
}

/** Whether a problem may be there only because something was taken out: it is about that, about what is around it or beside it. */
export function followsFrom(problem: Problem, out: readonly Path[], whole: Data): boolean {
  const path = parsePath(problem.path);
  if (!path) return true;
  const here =
    problem.environment === undefined
      ? [path]
      : [path, ...problem.environment.split(", ").map((name) => ["environments", name, ...path])];
  return (
    out.some((gone) => [gone, inEnvironment(gone)].some((one) => here.some((at) => touches(at, one)))) ||
    leadsTo(whole, problem, out)
  );
}

function touches(at: Path, gone: Path): boolean {
  const beside = gone.length >= 4 ? gone.slice(0, -1) : gone;
  return isWithin(at, beside) || isWithin(gone, at);
}

/** Where an environment shows what one of its overrides changes. */
function inEnvironment(path: Path): Path {
  const at = path.indexOf("overrides");
  if (path[0] !== "environments") return path;
  return at > 0 ? path.slice(at + 1) : path[2] === "cases" ? ["environments", path[1] ?? "", ...path.slice(4)] : path;
}

/** Whether a problem is that something is not there which was taken out. */
function leadsTo(whole: Data, problem: Problem, out: readonly Path[]): boolean {
  if (problem.code !== "unknown-reference" && problem.code !== "absent-here") return false;
  const path = parsePath(problem.path) ?? [];
  const { ref } = (valueAt(whole, path) ?? {}) as { ref?: unknown };
  const dot = typeof ref === "string" ? ref.indexOf(".") : -1;
  const meant = typeof ref === "string" && dot > 0 ? [ref.slice(0, dot), ref.slice(dot + 1)] : path.slice(-2);
  return out.some((gone) => isWithin(meant, gone));
}

function isWithin(path: Path, around: Path): boolean {
  return around.length <= path.length && around.every((step, index) => step === path[index]);
}

/** The path of a problem up to the first list. */
function keysOf(problem: Problem): Path {
  const path = parsePath(problem.path) ?? [];
  const list = path.findIndex((step) => typeof step === "number");
  return list < 0 ? path : path.slice(0, list);
}

function nearestThere(data: Data, path: Path): Path {
  let target = path;
  while (target.length > 0 && valueAt(data, target) === undefined) target = target.slice(0, -1);
  return target;
}

function without(data: Data, path: Path, sources: Sources): Data {
  if (path.length === 0) return {};
  const [first = "", ...rest] = path;
  const { [first]: inner, ...others } = data;
  const copy: Data =
    rest.length === 0 || typeof inner !== "object" || inner === null
      ? others
      : { ...data, [first]: without(inner as Data, rest, sources) };
  const source = sources.of(data);
  if (source) sources.put(copy, source);
  return copy;
}
