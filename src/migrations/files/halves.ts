import { UserError } from "../../lib/errors.ts";
import type { MigrationText } from "../migration.ts";
import { type FileText, migrationText, placeIn, type Refuse } from "./folder-files.ts";

// Texts that hold the way back too: behind a line `-- gantry: down`, or as dbmate has it (https://github.com/amacneil/dbmate):
// `-- migrate:up` and `-- migrate:down`, each with options behind it.

export type Halves = { readonly up: MigrationText; readonly down?: MigrationText };

const section = /^--[ \t]*gantry:[ \t]*down[ \t]*\r?$/gm;

export function ownHalves(file: string, { text, sha256 }: FileText, refuse: Refuse): Halves {
  const [at, again] = [...text.matchAll(section)].map(({ index, 0: { length } }) => ({ index, length }));
  if (at === undefined) return { up: migrationText(file, text, { sha256 }) };
  if (again !== undefined) {
    const { line, column } = placeIn(text, again.index);
    const problem = new UserError("migration-order", `${file}:${line}:${column}: the second -- gantry: down`, {
      hint: "one way back is enough",
      places: [{ file, line, column }],
    });
    refuse(problem, file);
  }
  const startsAt = at.index + at.length;
  return {
    up: migrationText(file, text.slice(0, at.index)),
    down: migrationText(file, text.slice(startsAt), { startsAt }),
  };
}

const up = /^--[ \t]*migrate:up\b(.*)$/m;
const down = /^--[ \t]*migrate:down\b(.*)$/m;
const outside = /\btransaction[ \t]*:[ \t]*false\b/;

export const isDbmateText = (text: string): boolean => up.test(text);

export function dbmateHalves(file: string, text: string): Halves | undefined {
  const there = up.exec(text);
  if (there === null) return undefined;
  const back = down.exec(text);
  const half = (mark: RegExpExecArray, other: RegExpExecArray | null): MigrationText => {
    const startsAt = mark.index + mark[0].length;
    const until = other !== null && other.index > startsAt ? other.index : text.length;
    return migrationText(file, text.slice(startsAt, until), {
      startsAt,
      ...(outside.test(mark[1] ?? "") ? { inTransaction: false } : {}),
    });
  };
  const undo = back === null ? undefined : half(back, there);
  return { up: half(there, back), ...(undo === undefined || undo.sql.trim() === "" ? {} : { down: undo }) };
}
