import type { Release } from "../../delivery/release.ts";
import { printable } from "../../lib/text.ts";
import { type Given, exit } from "../command.ts";
import { type Running, oneOf, queryText, whatRuns } from "../running.ts";
import { whoAsks } from "../who.ts";

export type Said = { readonly release: string; readonly ok: boolean; readonly because: string };

/** The release that is meant: by its id, or the one of an environment. */
export function meant(
  running: Running,
  { options }: Pick<Given, "options">,
  id: string | undefined,
): Readonly<Record<string, string | undefined>> {
  return {
    product: running.product,
    id,
    environment: typeof options["env"] === "string" ? oneOf(running, options["env"]) : undefined,
  };
}

export async function readRelease(
  given: Given,
  id: string | undefined,
): Promise<{ readonly running: Running; readonly release: Release }> {
  const running = await whatRuns(given);
  const release = await running.platform.get<Release>(`/v1/releases/one?${queryText(meant(running, given, id))}`);
  return { running, release };
}

/** Says something to a release, and tells what it answered. */
export async function sayTo(
  given: Given,
  id: string | undefined,
  { verb, reason, step }: { readonly verb: string; readonly reason?: string | undefined; readonly step?: number | undefined },
): Promise<number> {
  const { options, out, outColours } = given;
  const running = await whatRuns(given);
  const lines = running.platform.send<Said>("/v1/releases/command", {
    ...meant(running, given, id),
    verb,
    ...(reason === undefined ? {} : { reason }),
    ...(step === undefined ? {} : { step }),
    ...whoAsks(given),
  });
  let status: number = exit.no;
  for await (const { release, ok, because } of lines) {
    if (options["json"] === true) out(`${JSON.stringify({ ok, release, because }, undefined, 2)}\n`);
    else out(`${ok ? outColours.green("✓") : outColours.red("✗")} ${outColours.dim(release)} ${printable(because)}\n`);
    status = ok ? exit.done : exit.no;
  }
  return status;
}
