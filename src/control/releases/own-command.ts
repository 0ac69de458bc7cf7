import path from "node:path";
import { UserError } from "../../lib/errors.ts";
import { count, listed } from "../../lib/text.ts";
import { lookAtFolder } from "../../migrations/files/read-folder.ts";
import type { Look } from "../../migrations/files/folder.ts";
import { historiesIn } from "../../migrations/run/histories.ts";
import { openByHistory } from "../../migrations/run/open-by-history.ts";
import { asReadOnly } from "../../migrations/run/status.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Platform } from "../platform.ts";
import { type At, judgeMissing } from "./contract-gate.ts";

type Migrations = NonNullable<Extract<Environment["resources"][string], { readonly kind: "postgres" }>["migrations"]>;

export type Judgement =
  | { readonly judged: true; readonly open: readonly string[]; readonly refused: readonly string[] }
  | { readonly judged: false; readonly why: string };

type Asked = {
  readonly environment: Environment;
  readonly resource: string;
  readonly migrations: Migrations;
  /** Where the command runs. */
  readonly root: string;
  readonly url: string;
};

/**
 * What a command of the product's would run, by its tool's folder and by what that tool has noted in the database, held to what the spec
 * lets a release do. The command runs all or nothing: what would only have to wait is refused as well.
 */
export async function judgeOwn(
  platform: Platform,
  at: At,
  { environment, resource, migrations, root, url }: Asked,
): Promise<Judgement> {
  const look = looked(path.join(root, migrations.folder), migrations.tool);
  if ("why" in look) return { judged: false, why: look.why };
  const found = openByHistory(look, await asReadOnly(url, historiesIn));
  if ("unknown" in found) return { judged: false, why: found.unknown };
  const { open } = found;
  const { held, refused } = await judgeMissing(platform, at, environment, { resource, open });
  const waiting = held.map(
    ({ migration, does, because }) =>
      `${commandOf(migrations)} would run ${migration}, which ${does.length === 0 ? "has to wait" : `${listed(does)} and has to wait`}: ${because}`,
  );
  return { judged: true, open: open.map(({ name }) => name), refused: [...refused, ...waiting] };
}

function looked(folder: string, tool: Migrations["tool"]): Look | { readonly why: string } {
  try {
    const look = lookAtFolder(folder, tool);
    const [problem] = [...look.problems, ...look.migrations.flatMap(({ up }) => up.problem ?? [])];
    return problem === undefined ? look : { why: problem.message };
  } catch (error) {
    if (error instanceof UserError) return { why: error.message };
    throw error;
  }
}

/** What has been looked at beforehand, and what of the spec's wishes nobody could hold it to. */
export function judgementText(migrations: Migrations, judgement: Judgement): string {
  const command = commandOf(migrations);
  if (judgement.judged) {
    const { open } = judgement;
    return open.length === 0
      ? `${command} has nothing to run`
      : `${command} has ${count(open.length, "migration")} to run, judged by its folder`;
  }
  const { destructive, reversibleOnly } = migrations;
  const policies = [
    ...(destructive === undefined ? [] : [`destructive: ${JSON.stringify(destructive)}`]),
    ...(reversibleOnly === true ? ["reversibleOnly"] : []),
  ];
  const unheld = policies.length === 0 ? "" : `, and ${listed(policies)} not held to`;
  return `${command} migrates it: what that takes away is not judged here (${judgement.why})${unheld}`;
}

const commandOf = ({ apply }: Migrations): string => apply ?? "a command of its own";
