import { readFileSync } from "node:fs";
import { placeIn } from "../files/folder-files.ts";
import type { MigrationText } from "../migration.ts";

/** Line and column in the file, for what stands at this place of a text that may be the second half of it. */
export function filesPlace(
  { file, sql, startsAt }: Pick<MigrationText, "file" | "sql" | "startsAt">,
  at: number,
): { readonly line: number; readonly column: number } {
  if (startsAt === 0) return placeIn(sql, at);
  try {
    return placeIn(readFileSync(file, "utf8").replace(/^\uFEFF/, ""), startsAt + at);
  } catch {
    return placeIn(sql, at);
  }
}
