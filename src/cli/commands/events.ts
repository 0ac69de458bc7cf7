import { UserError } from "../../lib/errors.ts";
import { isRecord } from "../../lib/is-record.ts";
import { printable } from "../../lib/text.ts";
import { type Command, exit } from "../command.ts";
import { oneOf, queryText, whatRuns } from "../running.ts";

type Event = {
  readonly id: string;
  readonly at: string;
  readonly environment: string | null;
  readonly kind: string;
  readonly actor: string;
  readonly actorKind: string;
  readonly subject: string;
  readonly because: string | null;
  readonly run: string | null;
  readonly data: unknown;
};

export const events: Command = {
  name: "events",
  summary: "Who did what, when, to what, and why: the log that nothing is ever taken out of, the newest last.",
  takes: "[env]",
  completes: ["environment"],
  options: {
    kind: {
      type: "string",
      multiple: true,
      placeholder: "kind",
      help: "only these, as release, alert, freeze, or release.rolled-back",
    },
    release: { type: "string", placeholder: "release", help: "only what belongs to this release" },
    limit: { type: "string", placeholder: "n", help: "so many of the newest, 50 where nothing is said" },
  },
  server: true,
  examples: ["gantry events prod", "gantry events prod --kind release --limit 20", "gantry events --release abc123 --json"],
  async run(given) {
    const { args, options, out, outColours } = given;
    const running = await whatRuns(given);
    const environment = args[0] === undefined ? undefined : oneOf(running, args[0]);
    const kinds = (options["kind"] as readonly string[] | undefined)?.join(",");
    const limit = limitOf(options["limit"]);
    const asked = { product: running.product, environment, kinds, run: options["release"] as string | undefined, limit };
    const found = (await running.platform.get<readonly Event[]>(`/v1/events?${queryText(asked)}`)).toReversed();
    if (options["json"] === true) {
      out(`${JSON.stringify({ ok: true, events: found }, undefined, 2)}\n`);
      return exit.done;
    }
    if (found.length === 0) out("nothing of that kind has happened\n");
    for (const { at, environment: where, kind, actor, actorKind, subject, because, data } of found) {
      const who = actorKind === "person" ? actor : `${actor} (${actorKind})`;
      const what = isRecord(data) && typeof data["what"] === "string" ? ` ${data["what"]}` : "";
      const why = because === null ? "" : outColours.dim(`  ${printable(because)}`);
      out(
        `${outColours.dim(at.slice(0, 19).replace("T", " "))}  ${(where ?? "").padEnd(8)} ${outColours.bold(printable(kind))} ${printable(subject)}${printable(what)}  ${outColours.dim(printable(who))}${why}\n`,
      );
    }
    return exit.done;
  },
};

const most = 1_000;

function limitOf(given: unknown): number {
  if (given === undefined) return 50;
  const limit = Number(given);
  if (Number.isInteger(limit) && limit >= 1 && limit <= most) return limit;
  throw new UserError("usage", `--limit ${printable(String(given))} is no number of events`, { hint: `from 1 to ${most}` });
}
