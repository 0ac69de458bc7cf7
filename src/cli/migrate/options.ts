import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { printable, shown } from "../../lib/text.ts";
import type { Tool } from "../../migrations/files/folder.ts";
import type { Back } from "../../migrations/run/down.ts";
import { type Limits, usualLimits } from "../../migrations/run/limits.ts";
import { type PostgresVersion, postgresVersions } from "../../migrations/rules/rule.ts";
import type { Given, Option } from "../command.ts";

const tools: readonly Tool[] = ["sql", "alembic", "sqlx", "prisma", "dbmate", "flyway"];

/** Where the migrations are. */
export const folderOptions: Readonly<Record<string, Option>> = {
  dir: { type: "string", short: "d", placeholder: "folder", help: "the migrations; else ./migrations or ./db/migrations" },
  tool: {
    type: "string",
    placeholder: "tool",
    help: "whose files they are, where they do not say it themselves",
    choices: tools,
  },
};

/** Which database they are of. */
export const databaseOptions: Readonly<Record<string, Option>> = {
  ...folderOptions,
  database: {
    type: "string",
    placeholder: "url|name",
    help: "the database: its URL, else DATABASE_URL; with --env its name in the spec",
  },
  env: { type: "string", short: "e", placeholder: "env", help: "a database of this environment, as it runs on this machine" },
  switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of a switch" },
};

/** How patient a run is. */
export const timeOptions: Readonly<Record<string, Option>> = {
  "lock-timeout": {
    type: "string",
    placeholder: "1500ms",
    help: "wait so long for a lock, then let the others through and try again",
  },
  "statement-timeout": { type: "string", placeholder: "5m", help: "of a statement inside of a transaction; 0s is without end" },
};

export const runOptions: Readonly<Record<string, Option>> = {
  ...databaseOptions,
  ...timeOptions,
  patience: { type: "string", placeholder: "10m", help: "go on trying for its locks for so long" },
  "dry-run": { type: "boolean", help: "only say what would be done" },
};

/** What migrations are judged by before they run: the server they will meet, and what has been shipped. */
export const judgedOptions: Readonly<Record<string, Option>> = {
  postgres: {
    type: "string",
    placeholder: "15-18",
    help: "the version it runs on; that of the spec, else 18",
    choices: postgresVersions.map(String),
  },
  base: {
    type: "string",
    placeholder: "git ref",
    help: "files that are not in this commit go out together as one release; the others have been shipped",
  },
  since: { type: "string", placeholder: "migration", help: "the last one that has been shipped, by its file's name or number" },
};

export const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

export function toolOf({ options }: Given): Tool | undefined {
  const said = textOf(options["tool"]);
  const tool = tools.find((one) => one === said);
  if (said !== undefined && tool === undefined)
    throw new UserError("usage", `--tool ${shown(said)} is none that is known`, {
      hint: didYouMean(said, tools) ?? tools.join(" | "),
    });
  return tool;
}

/** Where folders of migrations mostly are. */
export function usualFolder(): string | undefined {
  const usual = ["migrations", "db/migrations"].find((one) => existsSync(one));
  return usual === undefined ? undefined : path.resolve(usual);
}

/** The folder that is said, or the usual one. */
export function folderOf({ options }: Given): string {
  const said = textOf(options["dir"]);
  if (said !== undefined) return path.resolve(said);
  const usual = usualFolder();
  if (usual !== undefined) return usual;
  throw new UserError("usage", "say where the migrations are", { hint: "--dir migrations; or --env for what the spec says" });
}

export function versionOf({ options }: Given): PostgresVersion | undefined {
  const given = options["postgres"];
  if (given === undefined) return undefined;
  const version = postgresVersions.find((one) => String(one) === given);
  if (version === undefined)
    throw new UserError("usage", `--postgres ${printable(String(given))} is no version that is known here`, {
      hint: `one of: ${postgresVersions.join(", ")}`,
    });
  return version;
}

export function limitsOf({ options }: Given): Limits {
  const ms = (name: string, usual: number): number => {
    const said = textOf(options[name]);
    if (said === undefined) return usual;
    const value = parseDurationMs(said);
    if (value === undefined || value > 86_400_000)
      throw new UserError("usage", `--${name} ${shown(said)} is no duration`, { hint: "as 1500ms, 30s or 10m" });
    return value;
  };
  return {
    ...usualLimits,
    lockTimeoutMs: Math.max(1, ms("lock-timeout", usualLimits.lockTimeoutMs)),
    patienceMs: ms("patience", usualLimits.patienceMs),
    statementTimeoutMs: ms("statement-timeout", usualLimits.statementTimeoutMs),
  };
}

export function backOf({ options }: Given): Back {
  const [to, steps] = [textOf(options["to"]), textOf(options["steps"])];
  if (to !== undefined && steps !== undefined)
    throw new UserError("usage", "--to and --steps say two things", { hint: "leave one of them out" });
  if (to !== undefined) return { to };
  const n = Number(steps ?? 1);
  if (!Number.isInteger(n) || n < 1 || n > 10_000)
    throw new UserError("usage", `--steps ${shown(steps)} is no number of steps`, { hint: "as --steps 2" });
  return { steps: n };
}
