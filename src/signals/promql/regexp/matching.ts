import type { Labels, Matcher } from "../../series.ts";
import { compileRegexp } from "./regexp.ts";

/** Whether a label's value fits; a label that is not there has the value "". Throws a TypeError for a regular expression that is none. */
export function createMatcher({ op, value }: Matcher): (value: string) => boolean {
  if (op === "=") return (given) => given === value;
  if (op === "!=") return (given) => given !== value;
  const compiled = compileRegexp(value);
  if (!compiled.ok) throw new TypeError(`not a regular expression: ${value}: ${compiled.problem}`);
  const { regexp } = compiled;
  const known = new Map<string, boolean>();
  return (given) => {
    let fits = known.get(given);
    if (fits === undefined) {
      fits = regexp.test(given);
      // A label whose values never repeat would otherwise fill the memory.
      if (known.size < 10_000) known.set(given, fits);
    }
    return fits === (op === "=~");
  };
}

/** Whether all matchers fit a series' labels. */
export function createSelector(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => [matcher.name, createMatcher(matcher)] as const);
  return (labels) => tests.every(([name, fits]) => fits(Object.hasOwn(labels, name) ? (labels[name] ?? "") : ""));
}
