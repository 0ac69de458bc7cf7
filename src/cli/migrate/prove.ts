import path from "node:path";
import { statSync } from "node:fs";
import { UserError } from "../../lib/errors.ts";
import { listed, printable } from "../../lib/text.ts";
import { isCalled } from "../../migrations/called.ts";
import type { Migration } from "../../migrations/migration.ts";
import type { Query } from "../../migrations/proof/queries.ts";
import { type Given, type Subcommand, exit } from "../command.ts";
import { failureText } from "../failure.ts";
import { interruptible } from "../interruptible.ts";
import { createUnderWay } from "../under-way.ts";
import { migrationsOf } from "./folders.ts";
import type { Migrations } from "./migrations.ts";
import { folderOptions, judgedOptions, versionOf } from "./options.ts";
import { proofHolds, proofText } from "./prove-text.ts";
import { unreadDocument } from "./unread.ts";
import { shippedIn } from "./shipped.ts";

export const prove: Subcommand = {
  name: "prove",
  takes: "[path…]",
  summary: "Runs migrations up, down and up again on a throwaway Postgres full of generated rows, and says what they truly did.",
  options: {
    ...folderOptions,
    ...judgedOptions,
    only: { type: "string", multiple: true, placeholder: "migration", help: "prove: this one, by its file's name or number" },
    rows: { type: "string", placeholder: "n", help: "prove: so many rows in each table; 1000 where nothing is said" },
    seed: { type: "string", placeholder: "n", help: "prove: other rows, the same for the same number" },
    queries: {
      type: "string",
      placeholder: "file.sql",
      help: "prove: what running code sends; it has to work on the new schema",
    },
    record: {
      type: "string",
      placeholder: "env",
      help: "prove: prints what the databases of this environment are sent, for --queries, and proves nothing",
    },
    for: { type: "string", placeholder: "30s", help: "prove: with --record, for so long; else until Ctrl-C" },
    "next-queries": { type: "string", placeholder: "file.sql", help: "prove: what the next code sends" },
  },
  examples: [
    "gantry migrate prove --record dev --for 30s > queries.sql",
    "gantry migrate prove",
    "gantry migrate prove db/migrations --only 0007",
    "gantry migrate prove --base origin/main --queries queries.sql --json",
  ],
  run: (given) => interruptible((signal) => run(given, signal)),
};

const mostRows = 1_000_000;

async function run(given: Given, signal: AbortSignal): Promise<number> {
  const { options, out, err } = given;
  if (options["record"] !== undefined) return (await import("./prove-record.ts")).record(given, signal);
  const json = options["json"] === true;
  const rows = numberOf(given, "rows", 1_000, mostRows);
  const seed = numberOf(given, "seed", 1, 2 ** 31);
  const groups = await migrationsOf(given);
  const [{ proveOnThrowaway }, { readQueries }] = await Promise.all([
    import("../../targets/local/postgres/prove-throwaway.ts"),
    import("../../migrations/proof/queries.ts"),
  ]);
  const queries = {
    running: await queriesIn(given, "queries", readQueries),
    next: await queriesIn(given, "next-queries", readQueries),
  };
  const reports = [];
  for (const group of groups) {
    const { folder, migrations } = group;
    const isProved = chosen(given, group);
    const say = createUnderWay(given);
    const { proof, server } = await proveOnThrowaway({
      version: versionOf(given) ?? (group.version === undefined ? undefined : Math.max(15, group.version)),
      migrations,
      isProved,
      rows,
      seed,
      queries,
      signal,
      onStep: say.step,
    }).finally(say.end);
    reports.push({ folder: shown(folder), ...server, proof });
  }
  const unread = groups.flatMap(({ problems }) => problems);
  const ok = reports.every(({ proof }) => proofHolds(proof));
  if (json)
    out(
      `${JSON.stringify({ ok: ok && unread.length === 0, rows, seed, folders: reports, unread: unread.map(unreadDocument) }, undefined, 2)}\n`,
    );
  else
    for (const report of reports) {
      if (report.note !== undefined) err(`${given.colours.yellow("!")} ${printable(report.note)}\n`);
      out(proofText(report.proof, { colours: given.outColours, major: report.major, shown }));
    }
  if (!json) for (const one of unread) err(failureText(one, one, given.colours, 50));
  if (unread.length > 0) return exit.wrongInput;
  return ok ? exit.done : exit.no;
}

/** Paths as they are seen from here. */
function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative === "" ? "." : relative.startsWith("..") ? file : relative;
}

function numberOf({ options }: Given, name: string, usual: number, most: number): number {
  const said = options[name];
  if (said === undefined) return usual;
  const value = typeof said === "string" && /^\d+$/.test(said) ? Number(said) : Number.NaN;
  if (Number.isNaN(value) || value > most)
    throw new UserError("usage", `--${name} ${printable(String(said))} is no number from 0 to ${most}`, {
      hint: `as --${name} ${usual}`,
    });
  return value;
}

function chosen(given: Given, { folder, migrations, isAsked }: Migrations): (one: Migration) => boolean {
  const only = (given.options["only"] ?? []) as readonly string[];
  for (const said of only) {
    if (!migrations.some((one) => isCalled(one, said)))
      throw new UserError("no-migrations", `there is no migration ${JSON.stringify(printable(said))} in ${shown(folder)}`, {
        hint: `it holds ${listed(migrations.map(({ name }) => name).slice(0, 20))}`,
      });
  }
  const shipped = shippedIn(migrations, given.options, process.cwd());
  return (one) =>
    (only.length === 0 || only.some((said) => isCalled(one, said))) &&
    (isAsked === undefined || isAsked(one.up)) &&
    (shipped === undefined || !shipped(one));
}

type Read = (file: string) => Promise<readonly Query[]>;

async function queriesIn({ options }: Given, name: string, read: Read): ReturnType<Read> {
  const file = options[name];
  if (typeof file !== "string") return [];
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
    throw new UserError("usage", `--${name} ${printable(file)} is no file`, { hint: "SQL statements, each with a semicolon" });
  return read(file);
}
