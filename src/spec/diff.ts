import { isRecord } from "../lib/is-record.ts";
import type { Path } from "../lib/paths.ts";

export type Difference = { readonly path: Path; readonly left: unknown; readonly right: unknown };

/** What differs between two environments, leaf by leaf; their names do not count. */
export function diffEnvironments(left: object, right: object): readonly Difference[] {
  const found: Difference[] = [];
  compare(left, right, [], found);
  return found.filter(({ path }) => !(path.length === 1 && path[0] === "environment"));
}

function compare(left: unknown, right: unknown, path: Path, found: Difference[]): void {
  if (left === right) return;
  if (Array.isArray(left) && Array.isArray(right)) {
    for (let index = 0; index < Math.max(left.length, right.length); index++)
      compare(left[index], right[index], [...path, index], found);
    return;
  }
  const bothRecords = isRecord(left) && isRecord(right) && !("ref" in left) && !("ref" in right);
  if (!bothRecords) {
    if (JSON.stringify(left) !== JSON.stringify(right)) found.push({ path, left, right });
    return;
  }
  for (const key of [...new Set([...Object.keys(left), ...Object.keys(right)])].toSorted())
    compare(left[key], right[key], [...path, key], found);
}
