import type { Change } from "../release.ts";

/** Whoever is needed comes before whoever needs; a circle is cut where it is met. */
export function inOrder(changes: readonly Change[]): readonly Change[] {
  if (changes.every(({ after }) => after.length === 0)) return changes;
  const byName = new Map(changes.map((change) => [change.service, change]));
  const done = new Set<string>();
  const out: Change[] = [];
  const visit = (change: Change): void => {
    if (done.has(change.service)) return;
    done.add(change.service);
    for (const name of change.after) {
      const needed = byName.get(name);
      if (needed !== undefined) visit(needed);
    }
    out.push(change);
  };
  for (const change of changes) visit(change);
  return out;
}
