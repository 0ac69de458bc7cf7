/** Where something is written. Lines and columns count from 1; a column counts UTF-16 units, as editors do. */
export type Place = { readonly file: string; readonly line: number; readonly column: number };

export type Severity = "error" | "warning";

/** One thing that is wrong: what, where, and what to do about it. */
export type Problem = {
  readonly code: string;
  readonly severity: Severity;
  /** Path into the product or environment, as `gantry explain` takes it. */
  readonly path: string;
  readonly places: readonly Place[];
  readonly message: string;
  readonly hint?: string;
  /** Set when the problem only shows in one environment. */
  readonly environment?: string;
};

export function placeText(place: Place): string {
  return `${place.file}:${place.line}:${place.column}`;
}

/** A total order, so that the same set of problems always prints the same, whatever order they were found in. */
export function compareProblems(left: Problem, right: Problem): number {
  const at = (problem: Problem) => problem.places[0];
  const a = at(left);
  const b = at(right);
  return (
    compareText(a?.file ?? "", b?.file ?? "") ||
    (a?.line ?? 0) - (b?.line ?? 0) ||
    (a?.column ?? 0) - (b?.column ?? 0) ||
    compareText(left.path, right.path) ||
    compareText(left.code, right.code) ||
    compareText(left.environment ?? "", right.environment ?? "") ||
    compareText(left.message, right.message)
  );
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
