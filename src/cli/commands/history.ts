import { knownBy } from "../../api/known-by.ts";
import type { Actor } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";
import { printable } from "../../lib/text.ts";
import { type Command, exit } from "../command.ts";
import { duration } from "../progress.ts";
import { exposureText, phaseText, titleOf } from "../releases/release-text.ts";
import { oneOf, queryText, whatRuns } from "../running.ts";

type History = {
  readonly releases: readonly Release[];
  readonly revisions: readonly {
    readonly service: string;
    readonly revision: string;
    readonly artifact: string;
    readonly serving: boolean;
    readonly servingSince?: string;
    readonly retiredAt?: string;
    readonly takenBackAt?: string;
  }[];
};

export const history: Command = {
  name: "history",
  summary: "What was released to an environment, how each release ended and why, and the revisions that one can go back to.",
  takes: "[env]",
  completes: ["environment"],
  options: { record: { type: "string", placeholder: "release", help: "all that one release did, and on which evidence" } },
  server: true,
  examples: [
    "gantry history prod",
    "gantry history prod --record abc123",
    "gantry history prod --json | jq '.releases[].because'",
  ],
  async run(given) {
    const { args, options, out, outColours } = given;
    const running = await whatRuns(given);
    if (typeof options["record"] === "string") {
      const release = await running.platform.get<Release>(
        `/v1/releases/one?${queryText({ product: running.product, id: options["record"] })}`,
      );
      if (options["json"] === true) out(`${JSON.stringify({ ok: true, release }, undefined, 2)}\n`);
      else {
        out(`${outColours.bold(titleOf(release))}  ${phaseText(release.phase, outColours)}\n`);
        for (const { atMs, what, because, by } of release.record)
          out(
            `  ${outColours.dim(new Date(atMs).toISOString().slice(0, 23).replace("T", " "))}  ${printable(what)}${because === undefined ? "" : outColours.dim(`: ${printable(because)}`)}${by === undefined ? "" : outColours.dim(`  ${whoText(by)}`)}\n`,
          );
        for (const line of exposureText(release, outColours)) out(`${line}\n`);
      }
      return exit.done;
    }
    const environment = oneOf(running, args[0]);
    const { releases, revisions } = await running.platform.get<History>(
      `/v1/history?${queryText({ product: running.product, environment })}`,
    );
    if (options["json"] === true) {
      out(`${JSON.stringify({ ok: true, releases, revisions }, undefined, 2)}\n`);
      return exit.done;
    }
    if (releases.length === 0) out(`nothing was released to ${environment} yet\n`);
    for (const one of releases) {
      const { id, phase, startedAtMs, endedAtMs, startedBy, because } = one;
      const took = endedAtMs === undefined ? "" : `, ${duration(endedAtMs - startedAtMs)}`;
      out(
        `${id}  ${outColours.dim(`${minute(startedAtMs)} by ${startedBy.name}${took}`)}  ${outColours.bold(titleOf(one))}  ${phaseText(phase, outColours)}\n`,
      );
      if (because !== undefined && phase !== "healthy") out(`  ${printable(because)}\n`);
    }
    for (const { service, revision, serving, servingSince, retiredAt, takenBackAt } of revisions) {
      if (servingSince === undefined) continue;
      const until = serving ? outColours.green("serves") : `until ${minute(Date.parse(retiredAt ?? servingSince))}`;
      // No rollback goes there by itself; a release by its name does.
      const back = takenBackAt === undefined ? "" : `  ${outColours.yellow("taken back")}`;
      out(`  ${service}  ${revision}  ${outColours.dim(`from ${minute(Date.parse(servingSince))}`)} ${until}${back}\n`);
    }
    return exit.done;
  },
};

/** Who it was, and how that is known. */
function whoText({ name, known }: Actor): string {
  return printable(known === undefined ? name : `${name} (${knownBy[known]})`);
}

function minute(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}
