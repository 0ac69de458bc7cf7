import { setTimeout as delay } from "node:timers/promises";
import { GantryError, UserError } from "../../lib/errors.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { count, printable } from "../../lib/text.ts";
import { recordStatements } from "../../targets/local/postgres/record-statements.ts";
import { ensurePostgres, postgresStatus } from "../../targets/local/postgres/server.ts";
import { databaseNames } from "../../targets/local/providers/postgres.ts";
import { type Given, exit } from "../command.ts";
import { localPlatform } from "../platform.ts";
import { chooseEnvironment, readSoundSpec, switchesOf } from "../read-spec.ts";

/** Listens to the databases of an environment that runs here. */
export async function record(given: Given, signal: AbortSignal): Promise<number> {
  const { options, out, err, colours } = given;
  const spec = await readSoundSpec(given);
  const environment = chooseEnvironment(spec, String(options["record"]), switchesOf(given));
  const { postgres: folder } = localPlatform(spec.file).place;
  const names = Object.entries(environment.resources).flatMap(([name, { kind }]) => (kind === "postgres" ? [name] : []));
  const databases = names.map((name) => databaseNames(environment.product, environment.environment, name).database);
  const running = (await postgresStatus(folder)).find(({ state }) => state === "answers");
  if (running === undefined || databases.length === 0)
    throw new GantryError("not-up", `${environment.environment} has no database that runs here`, {
      hint: `gantry up ${environment.environment}`,
    });
  const server = await ensurePostgres({ folder, wanted: running.major });
  const forMs = durationOf(options["for"]);
  err(colours.dim(`listening ${forMs === undefined ? "until Ctrl-C" : `for ${forMs} ms`}: use the product meanwhile\n`));
  const statements = await recordStatements({ server, folder, databases }, async () => {
    await delay(forMs ?? 2 ** 31 - 1, undefined, { signal }).catch(() => undefined);
  });
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, statements }, undefined, 2)}\n`);
  else out(statements.map((sql) => `${sql};\n`).join(""));
  err(`${count(statements.length, "statement")}\n`);
  return exit.done;
}

function durationOf(said: unknown): number | undefined {
  if (said === undefined) return undefined;
  const ms = typeof said === "string" ? parseDurationMs(said) : undefined;
  if (ms === undefined || ms <= 0 || ms > 86_400_000)
    throw new UserError("usage", `--for ${printable(String(said))} is no duration`, { hint: "as --for 30s" });
  return ms;
}
