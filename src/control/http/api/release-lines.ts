import type { Release } from "../../../delivery/release.ts";
import { createRecent } from "../../../lib/recent.ts";
import type { RunHead } from "../../../store/runs.ts";
import type { Store } from "../../../store/store.ts";
import type { Desk } from "../../engine/ask.ts";
import { type Line, lineOf } from "./release-view.ts";

const kept = createRecent<Line>(2_000);

/** A line for each of these. Most of them ended long ago: what was read of one stays until it has another version. */
export async function linesOf(
  { runs, read }: { readonly runs: Pick<Store["runs"], "some">; readonly read: Desk["read"] },
  heads: readonly RunHead[],
): Promise<readonly Line[]> {
  const keyOf = ({ id, version }: Pick<RunHead, "id" | "version">): string => `${id} ${version}`;
  const found = new Map<string, Line>();
  for (const head of heads) {
    const line = kept.get(keyOf(head));
    if (line !== undefined) found.set(head.id, line);
  }
  const unread = heads.flatMap(({ id }) => (found.has(id) ? [] : [id]));
  for (const row of unread.length === 0 ? [] : await runs.some(unread)) {
    const line = lineOf(read(row) as Release);
    kept.set(keyOf(row), line);
    found.set(row.id, line);
  }
  // Whatever was removed meanwhile is not there.
  return heads.flatMap(({ id }) => found.get(id) ?? []);
}
