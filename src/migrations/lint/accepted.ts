import type { Migration } from "../migration.ts";
import { migrationOf } from "../files/by-itself.ts";
import type { FixedFile } from "./fixed-file.ts";
import { lintMigrations, type LintedFile, type LintOptions } from "./lint.ts";
import { lastFrom } from "./nearest-before.ts";

/** A step of a safe way, or what stays of the migration as it was written. */
type Part = FixedFile & { readonly isStep: boolean };
type Files = { readonly these: readonly Part[]; readonly next: readonly Part[] };

const reasons = {
  these: "the safe way asks for it",
  next: "this is of the next release, when nothing needs the old shape any more",
} as const;

/** The files of a safe way, in which what it does on purpose is ignored with its reason: what stays as it was written is judged as before. */
export async function accepted(
  files: Files,
  before: readonly Migration[],
  options: Pick<LintOptions, "version" | "choice">,
): Promise<readonly FixedFile[]> {
  const read = (all: readonly FixedFile[]) => all.map(({ path, text }) => migrationOf(path, text));
  const judged = async (all: readonly Part[], shipped: readonly Migration[], reason: string) => {
    const known = new Set(shipped);
    const linted = await lintMigrations([...shipped, ...read(all)], {
      ...options,
      isShipped: (one) => known.has(one),
      together: true,
    });
    const byFile = new Map(linted.map((one) => [one.text.file, one]));
    return all.map(({ path, text, isStep }) => ({ path, text: isStep ? withIgnores(text, byFile.get(path), reason) : text }));
  };
  const these = await judged(files.these, before, reasons.these);
  return [...these, ...(await judged(files.next, [...before, ...read(these)], reasons.next))];
}

function withIgnores(text: string, linted: LintedFile | undefined, reason: string): string {
  const rules = new Map<number, Set<string>>();
  for (const { rule, safe, from, severity } of linted?.findings ?? []) {
    const statement = lastFrom(linted?.parsed.statements ?? [], from.offset, (one) => one.from);
    // Advice without a way to follow it is left to be read.
    if (statement === undefined || (severity === "advice" && safe === undefined)) continue;
    rules.set(statement.from, (rules.get(statement.from) ?? new Set()).add(rule));
  }
  return [...rules]
    .toReversed()
    .reduce(
      (whole, [at, named]) =>
        `${whole.slice(0, at)}-- gantry: ignore ${[...named].join(", ")} because ${reason}\n${whole.slice(at)}`,
      text,
    );
}
