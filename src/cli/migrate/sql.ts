import { readFolder } from "../../migrations/files/read-folder.ts";
import { offlineSql } from "../../migrations/run/offline.ts";
import { type Given, exit } from "../command.ts";
import { folderOf, limitsOf, textOf, toolOf } from "./options.ts";

/** Needs no database and no spec: what it writes is read, linted and kept by whoever applies it. */
export function migrateSql(given: Given): Promise<number> {
  const { options, out } = given;
  const { migrations } = readFolder(folderOf(given), toolOf(given));
  const sql = offlineSql(migrations, { from: textOf(options["from"]), to: textOf(options["to"]), limits: limitsOf(given) });
  out(options["json"] === true ? `${JSON.stringify({ ok: true, sql }, undefined, 2)}\n` : sql);
  return Promise.resolve(exit.done);
}
