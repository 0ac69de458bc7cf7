import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { printable } from "../../lib/text.ts";
import type { Command, Given } from "../command.ts";

/** Each verb is a file of its own, loaded when it is asked for. */
const verbs: Readonly<Record<string, (given: Given) => Promise<number>>> = {
  status: async (given) => (await import("../migrate/status.ts")).migrateStatus(given),
  up: async (given) => (await import("../migrate/up.ts")).migrateUp(given),
  down: async (given) => (await import("../migrate/down.ts")).migrateDown(given),
  sql: async (given) => (await import("../migrate/sql.ts")).migrateSql(given),
  new: async (given) => (await import("../migrate/new.ts")).migrateNew(given),
};

export const migrate: Command = {
  name: "migrate",
  summary:
    "Runs migrations of a database, politely and so that they can be taken up again; says where it stands, and takes them back.",
  takes: "<status|up|down|sql|new> [name…]",
  completes: [Object.keys(verbs)],
  options: {
    dir: {
      type: "string",
      short: "d",
      placeholder: "folder",
      help: "the migrations; else those of the spec, ./migrations or ./db/migrations",
    },
    tool: {
      type: "string",
      placeholder: "tool",
      help: "whose files they are, where they do not say it themselves",
      choices: ["sql", "alembic", "sqlx", "prisma", "dbmate", "flyway"],
    },
    database: {
      type: "string",
      placeholder: "url|name",
      help: "the database: its URL, else DATABASE_URL; with --env its name in the spec",
    },
    env: { type: "string", short: "e", placeholder: "env", help: "a database of this environment, as it runs on this machine" },
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of a switch" },
    to: { type: "string", placeholder: "number", help: "up, sql: the last one; down: the one that stays" },
    from: { type: "string", placeholder: "number", help: "sql: the last one that the database has had" },
    steps: { type: "string", placeholder: "n", help: "down: so many of them, one where nothing is said" },
    "dry-run": { type: "boolean", help: "say what would be done; the database itself lets nothing be changed" },
    "exit-code": { type: "boolean", help: "status: end with 1 where some are still to be applied" },
    "lock-timeout": {
      type: "string",
      placeholder: "1500ms",
      help: "wait so long for a lock, then let the others through and try again",
    },
    patience: { type: "string", placeholder: "10m", help: "go on trying for so long" },
    "statement-timeout": { type: "string", placeholder: "5m", help: "of a statement inside of a transaction; 0s is without end" },
  },
  examples: [
    "gantry migrate status --database postgres://localhost/shop",
    "gantry migrate up --dry-run",
    "gantry migrate up --env dev",
    "gantry migrate down --steps 1",
    "gantry migrate sql --from 0004 > open.sql",
    "gantry migrate new add_title_to_notes",
  ],
  run(given) {
    const [first = ""] = given.args;
    const verb = Object.hasOwn(verbs, first) ? verbs[first] : undefined;
    if (verb === undefined)
      throw new UserError("usage", `gantry migrate has no verb ${JSON.stringify(printable(first))}`, {
        hint: didYouMean(first, Object.keys(verbs)) ?? Object.keys(verbs).join(" | "),
      });
    return verb({ ...given, args: given.args.slice(1) });
  },
};
