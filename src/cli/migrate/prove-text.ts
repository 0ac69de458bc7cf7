import { placeText } from "../../lib/problem.ts";
import { count, listed, printable } from "../../lib/text.ts";
import type { LockMode } from "../../migrations/finding.ts";
import { strength } from "../../migrations/proof/locks.ts";
import type { Compatibility, QueryFailure } from "../../migrations/proof/compatibility.ts";
import type { Loss } from "../../migrations/proof/contents.ts";
import type { Difference } from "../../migrations/proof/differences.ts";
import type { DownProof, MigrationProof, Proof } from "../../migrations/proof/prove.ts";
import type { Failure, StatementProof, TextProof } from "../../migrations/proof/run-text.ts";
import { duration } from "../progress.ts";
import type { Colours } from "../terminal.ts";

export type ProofLook = { readonly colours: Colours; readonly major: number; readonly shown: (file: string) => string };

/** Does everything that was proved go up, come back to the very same schema, and leave running code alone? */
export function proofHolds({ proved, stopped }: Proof): boolean {
  return stopped === undefined && proved.every(holds);
}

function holds({ up, down, again, compatibility }: MigrationProof): boolean {
  const restores = down === undefined || (down.failure === undefined && same(down.differences));
  const repeats = again === undefined || (again.failure === undefined && same(again.differences));
  return up.failure === undefined && restores && repeats && (compatibility?.broken.length ?? 0) === 0;
}

/** Columns in another order are told and do not count: nothing but a new table brings them back. */
const same = (differences: readonly Difference[]): boolean => differences.every((one) => one.reordered);

export function proofText(proof: Proof, look: ProofLook): string {
  const { bold, green, red, yellow, dim } = look.colours;
  const { proved, roles, stopped } = proof;
  const failed =
    proved.filter((one) => !holds(one)).length + (stopped && !proved.some(({ name }) => name === stopped.name) ? 1 : 0);
  const before = stopped !== undefined && !proved.some(({ name }) => name === stopped.name);
  return [
    ...proved.map((one) => migrationText(one, look)),
    ...(before
      ? [
          `${red("✗")} ${bold(printable(stopped.name))} ${red("fails")}, and what comes after it cannot be proved\n${failureText(stopped.failure, look)}\n`,
        ]
      : []),
    ...(roles.length > 0 ? [dim(`made for the proof: ${count(roles.length, "role")} (${listed(roles.map(printable))})\n`)] : []),
    ...(proved.length === 0 && stopped === undefined ? [`${yellow("!")} nothing was to be proved\n`] : []),
    proofHolds(proof)
      ? `${green("✓")} ${count(proved.length, "migration")} proved on PostgreSQL ${look.major}\n`
      : `${red("✗")} ${failed} of ${proved.length + (before ? 1 : 0)} not proved on PostgreSQL ${look.major}\n`,
  ].join("");
}

function migrationText(one: MigrationProof, look: ProofLook): string {
  const { bold, dim, green, red, yellow } = look.colours;
  const { up, down, again, rows, onRows, drops, compatibility } = one;
  const times = [`up ${duration(Math.round(up.ms))}`];
  if (down !== undefined) times.push(`down ${duration(Math.round(down.ms))}`);
  if (again !== undefined) times.push(`up again ${duration(Math.round(again.ms))}`);
  const warn = (text: string) => `  ${yellow("!")} ${text}\n`;
  const lines = [
    `${holds(one) ? green("✓") : red("✗")} ${bold(printable(one.name))} ${dim(times.join(", "))}\n`,
    ...rows.unfilled.map(({ table, because }) => warn(`no rows in ${printable(table)}: ${printable(because)}`)),
    ...statementsText(up, look),
    ...(up.failure ? [`  ${red("✗")} up fails\n${failureText(up.failure, look)}`] : []),
    ...(onRows
      ? [
          warn(
            `fails on rows that the schema allows, as there may be some; ${onRows.holds} it does not\n${failureText(onRows, look)}`,
          ).trimEnd(),
          "\n",
        ]
      : []),
    ...(drops.length > 0 ? [warn(`takes away ${listed(drops.map(printable))}, with all that is in there`)] : []),
    ...compatibilityText(compatibility, look),
  ];
  if (up.failure === undefined && down === undefined) lines.push(warn("there is no way back: it has no down"));
  if (down !== undefined) lines.push(...downText(down, look));
  if (again?.failure) lines.push(`  ${red("✗")} up fails the second time\n${failureText(again.failure, look)}`);
  else if (again !== undefined && again.differences.length > 0)
    lines.push(
      `  ${same(again.differences) ? yellow("!") : red("✗")} up makes something else the second time\n`,
      ...again.differences.map((it) => differenceText(it, look)),
    );
  return `${lines.join("")}\n`;
}

function downText(down: DownProof, look: ProofLook): readonly string[] {
  const { green, red, yellow } = look.colours;
  if (down.failure !== undefined) return [`  ${red("✗")} down fails\n${failureText(down.failure, look)}`];
  const { differences, lost, drops } = down;
  const told =
    differences.length === 0
      ? [`  ${green("✓")} down restores the very same schema${lost.length === 0 ? ", and every row" : ""}\n`]
      : same(differences)
        ? [`  ${yellow("!")} down restores the schema, but for the order of columns\n`]
        : [`  ${red("✗")} down does not restore the schema\n`];
  return [
    ...told,
    ...differences.map((one) => differenceText(one, look)),
    ...lost.map((one) => `  ${yellow("!")} ${lossText(one)}\n`),
    ...(drops.length > 0
      ? [`  ${yellow("!")} down takes away ${listed(drops.map(printable))}: what new code has written there is lost\n`]
      : []),
  ];
}

function lossText({ table, column, was, is }: Loss): string {
  if (column === undefined)
    return is === 0 && was > 0
      ? `the ${count(was, "row")} of ${printable(table)} are gone`
      : `${printable(table)} has ${count(is, "row")} and had ${was}`;
  const where = `${printable(table)}.${printable(column)}`;
  return is === 0 ? `${where} is empty, and was not in ${count(was, "row")}` : `${where} does not hold what it held`;
}

function differenceText(
  { subject, missing, added, reordered }: Difference,
  { colours: { bold, red, green, dim } }: ProofLook,
): string {
  const lines = [
    ...missing.map((line) => red(`- ${printable(line)}`)),
    ...added.map((line) => green(`+ ${printable(line)}`)),
    ...(reordered ? [dim("  in another order")] : []),
  ];
  return `    ${bold(printable(subject))}\n${lines.map((line) => `      ${line}\n`).join("")}`;
}

function failureText({ message, place }: Failure, { colours: { dim }, shown }: ProofLook): string {
  const where = place === undefined ? "" : `${dim(`    at ${printable(placeText({ ...place, file: shown(place.file) }))}`)}\n`;
  const prefix = place === undefined ? "" : `${place.file}:${place.line}:${place.column}: `;
  return `    ${printable(message.startsWith(prefix) ? message.slice(prefix.length) : message)}\n${where}`;
}

function compatibilityText(
  told: Compatibility | undefined,
  { colours: { red, yellow, green, dim }, shown }: ProofLook,
): readonly string[] {
  if (told === undefined) return [];
  const each = (failures: readonly QueryFailure[]) =>
    failures.map(
      ({ sql, place, error }) =>
        `      ${printable(error)}\n${dim(`        ${printable(placeText({ ...place, file: shown(place.file) }))}  ${excerpt(sql)}`)}\n`,
    );
  const { broken, needed, neither, fine, ran } = told;
  return [
    broken.length > 0
      ? `  ${red("✗")} ${count(broken.length, "statement")} of the code will not work any more\n`
      : fine === 0
        ? ""
        : `  ${green("✓")} ${fine === 1 ? "1 statement of the code works" : `${fine} statements of the code work`} on both sides of it ${dim(ran === fine ? "(run, and rolled back)" : `(${ran} run and rolled back, the others planned)`)}\n`,
    ...each(broken),
    ...(needed.length > 0
      ? [
          `  ${dim("·")} ${count(needed.length, "statement")} of the next code: only with this migration, which goes first\n`,
          ...each(needed),
        ]
      : []),
    ...(neither.length > 0
      ? [`  ${yellow("!")} ${count(neither.length, "statement")} of the code: neither before nor after it\n`, ...each(neither)]
      : []),
  ];
}

const excerpt = (sql: string): string => {
  const line = printable(sql.replace(/\s+/g, " ").trim());
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
};

/** Statements that somebody would notice; the others are counted. */
function statementsText({ statements: all }: TextProof, look: ProofLook): readonly string[] {
  const statements = all.map((one, index) => ({
    ...one,
    locks: heavy(
      one.locks,
      all.slice(0, index + 1).flatMap(({ locks }) => locks),
    ),
  }));
  const loud = statements.filter(isLoud);
  const quiet = statements.length - loud.length;
  const { dim } = look.colours;
  return [
    ...loud.map((one) => statementText(one, look)),
    ...(quiet > 0 ? [dim(`  ${count(quiet, loud.length > 0 ? "other statement" : "statement")} in nobody's way\n`)] : []),
  ];
}

const isLoud = ({ locks, rewritten, emptied, built, read, written }: StatementProof): boolean =>
  locks.length > 0 || rewritten.length + emptied.length + built.length + read.length + written.length > 0;

function statementText(one: StatementProof, { colours: { dim, red, yellow } }: ProofLook): string {
  const { place, sql, ms, rewritten, emptied, built, read, written, heldMs } = one;
  const did = [
    ...(rewritten.length > 0 ? [red(`rewrites ${listed(rewritten.map(printable))}`)] : []),
    ...(emptied.length > 0 ? [red(`empties ${listed(emptied.map(printable))}`)] : []),
    ...(built.length > 0 ? [`builds ${listed(built.map(({ index }) => printable(index)))}`] : []),
    ...read.map(({ relation, rows }) => `reads ${count(rows, "row")} of ${printable(relation)}`),
    ...written.map(
      ({ relation, inserted, updated, deleted }) =>
        `writes ${count(inserted + updated + deleted, "row")} of ${printable(relation)}`,
    ),
  ];
  const locks = one.locks.map(({ relation, mode }) => {
    const text = `locks ${printable(relation)} (${mode}) for ${duration(Math.round(heldMs))}: ${stops[mode] ?? ""}`;
    return `       ${mode === "ACCESS EXCLUSIVE" ? yellow(text) : text}\n`;
  });
  return [
    `  ${dim(String(place.line).padStart(3))}  ${excerpt(sql)} ${dim(duration(Math.round(ms)))}\n`,
    ...(did.length > 0 ? [`       ${did.join(", ")}\n`] : []),
    ...locks,
  ].join("");
}

const stops: Partial<Record<LockMode, string>> = {
  "SHARE UPDATE EXCLUSIVE": "reads and writes go on",
  SHARE: "writes wait",
  "SHARE ROW EXCLUSIVE": "writes wait",
  EXCLUSIVE: "writes wait",
  "ACCESS EXCLUSIVE": "reads and writes wait",
};

/** An index that is locked as its table is by then says nothing more; sequences go with their tables. */
function heavy(locks: StatementProof["locks"], held: StatementProof["locks"] = locks): StatementProof["locks"] {
  return locks.filter(
    ({ mode, kind, of }) =>
      stops[mode] !== undefined &&
      kind !== "sequence" &&
      !held.some((other) => other.relation === of && strength(other.mode) >= strength(mode)),
  );
}
