import { withoutZeros } from "../called.ts";
import type { Folder, Tool } from "../files/folder.ts";
import type { Migration } from "../migration.ts";
import type { History } from "./histories.ts";

/** A folder's tool is called as its own history calls it, in small letters. */
const toolOf = ({ tool }: History): Tool => tool.toLowerCase() as Lowercase<History["tool"]>;

/** What a tool would run next, by what it has noted in the database; or why that cannot be known. */
export type OpenByHistory = { readonly open: readonly Migration[] } | { readonly unknown: string };

/** Where a tool has noted nothing yet, nothing has been run. */
export function openByHistory(
  { tool, migrations }: Pick<Folder, "tool" | "migrations">,
  histories: readonly History[],
): OpenByHistory {
  // Plain numbered files are what sqlx and dbmate have too.
  const tools: readonly Tool[] = tool === "sql" ? ["sqlx", "dbmate"] : [tool];
  const [history, second] = histories.filter((one) => tools.includes(toolOf(one)));
  if (second !== undefined) return { unknown: `two histories are there: ${history?.table} and ${second.table}` };
  if (history === undefined) {
    const other = histories.find(({ applied }) => applied.length > 0);
    if (other !== undefined)
      return { unknown: `${other.tool} has migrated it (${other.table}), and the folder is not of its kind` };
    if (tool === "sql")
      return { unknown: "nothing in it says what it has had, nor the spec which tool notes that (migrations.tool)" };
  }
  const had = history?.applied ?? [];
  if (tool === "alembic") return behindHeads(migrations, had);
  return { open: migrations.filter((one) => !had.some((name) => isNoted(tool, one, name))) };
}

function isNoted(tool: Tool, { id, name }: Migration, noted: string): boolean {
  if (tool === "prisma") return noted === name;
  // Flyway notes a script with the folders that it lies in.
  if (tool === "flyway") return noted === name || noted.endsWith(`/${name}`);
  return withoutZeros(noted) === withoutZeros(id);
}

/** Alembic notes only where it is: what its script has behind that is open. */
function behindHeads(migrations: readonly Migration[], heads: readonly string[]): OpenByHistory {
  if (heads.length === 0) return { open: migrations };
  const places = heads.map((head) => migrations.findIndex(({ id }) => id === head));
  const lost = heads.find((_, index) => places[index] === -1);
  if (lost !== undefined) return { unknown: `it is at ${lost}, which the SQL in the folder does not hold` };
  return { open: migrations.slice(Math.max(...places) + 1) };
}
