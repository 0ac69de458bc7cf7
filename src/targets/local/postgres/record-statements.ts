import { closeSync, openSync, readSync, statSync } from "node:fs";
import { withClient } from "../../../migrations/run/connect.ts";
import { parseSql } from "../../../migrations/sql/parse.ts";
import { loadParser } from "../../../migrations/sql/parser.ts";
import { logOf } from "./cluster.ts";
import type { PostgresServer } from "./server.ts";

export type Recording = {
  readonly server: PostgresServer;
  /** Where the server is kept, with its log. */
  readonly folder: string;
  readonly databases: readonly string[];
};

const mostBytes = 64 * 2 ** 20;
const sent = new Set(["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

/**
 * The statements that databases are sent while `work` lasts, each once, in the words of whoever sends them: with `$1` where a value is
 * handed over, and without the values. Sessions that are there already are heard as well.
 */
export async function recordStatements(
  { server, folder, databases }: Recording,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const log = logOf(folder, server.major);
  return withClient(server.superuserUrl(), async (client) => {
    const say = async (...settings: readonly string[]) => {
      for (const one of settings) await client.query(`ALTER SYSTEM ${one}`);
      await client.query("SELECT pg_reload_conf()");
    };
    const from = statSync(log).size;
    try {
      await say("SET log_parameter_max_length = 0", "SET log_statement = 'all'");
      await work();
    } finally {
      await say("RESET log_statement", "RESET log_parameter_max_length");
    }
    return statementsIn(textFrom(log, from), databases);
  });
}

function textFrom(file: string, from: number): string {
  const size = Math.min(statSync(file).size - from, mostBytes);
  const bytes = Buffer.alloc(Math.max(0, size));
  const handle = openSync(file, "r");
  try {
    return bytes.subarray(0, readSync(handle, bytes, 0, bytes.length, from)).toString("utf8");
  } finally {
    closeSync(handle);
  }
}

/** What follows a line with a tab goes on with it. */
async function statementsIn(text: string, databases: readonly string[]): Promise<readonly string[]> {
  const parser = await loadParser();
  const found = new Set<string>();
  for (const entry of text.split(/\n(?!\t)/)) {
    const [, database = "", sql = ""] =
      /^\S+ \S+ \S+ \[\d+\] [^@\n]*@(.+?) LOG: {2}(?:statement|execute [^:\n]*): ([\s\S]+)$/.exec(entry) ?? [];
    if (!databases.includes(database)) continue;
    for (const { kind, text: one } of readable(() =>
      parseSql(parser, sql.replaceAll("\n\t", "\n"), () => ({ file: "", line: 1, column: 1 })),
    ))
      if (sent.has(kind)) found.add(one);
  }
  return [...found];
}

/** A line that was cut, or is none of ours. */
function readable(parse: () => ReturnType<typeof parseSql>): ReturnType<typeof parseSql>["statements"] {
  try {
    return parse().statements;
  } catch {
    return [];
  }
}
