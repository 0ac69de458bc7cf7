import type { SnapshotView } from "../../wire/up.ts";
import { type Command, type Given, exit } from "../command.ts";
import { type Running, oneOf, queryText, someOf, whatRuns } from "../running.ts";
import { asOption, whoAsks } from "../who.ts";

type Restored = { readonly snapshot: string; readonly before: string; readonly resources: readonly string[] };

export const snapshots: Command = {
  name: "snapshots",
  summary:
    "Lists the copies of databases that releases have kept, and goes back to one: what was there until then is kept as well.",
  takes: "[env…]",
  completes: ["environment"],
  options: {
    restore: {
      type: "string",
      placeholder: "snapshot",
      help: "goes back to this one; whoever is connected to the database is cut off",
    },
    as: asOption,
  },
  server: true,
  examples: ["gantry snapshots", "gantry snapshots prod --restore abc123"],
  async run(given) {
    const { args, options, out, outColours } = given;
    const running = await whatRuns(given);
    if (typeof options["restore"] === "string") return restore(given, running, options["restore"]);
    const all = (
      await Promise.all(
        someOf(running, args).map((environment) =>
          running.platform.get<readonly SnapshotView[]>(`/v1/snapshots?${queryText({ product: running.product, environment })}`),
        ),
      )
    ).flat();
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, snapshots: all }, undefined, 2)}\n`);
    else if (all.length === 0) out("no release has kept a copy of a database here\n");
    for (const { environment, resource, snapshot, bytes, takenAt } of options["json"] === true ? [] : all)
      out(
        `${outColours.bold(snapshot)}  ${outColours.dim(environment)}  ${resource}  ${outColours.dim(`${takenAt.slice(0, 16).replace("T", " ")} UTC  ${Math.ceil(bytes / 2 ** 20)} MiB`)}\n`,
      );
    return exit.done;
  },
};

async function restore(given: Given, running: Running, snapshot: string): Promise<number> {
  const { args, options, out, outColours } = given;
  const environment = oneOf(running, args[0]);
  const lines = running.platform.send<Restored>("/v1/snapshots/restore", {
    product: running.product,
    environment,
    snapshot,
    ...whoAsks(given),
  });
  for await (const done of lines)
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, ...done }, undefined, 2)}\n`);
    else
      out(
        `${outColours.green("✓")} ${done.resources.join(", ")} of ${environment} ${done.resources.length === 1 ? "is" : "are"} as kept in ${done.snapshot}; what was there until now is ${outColours.bold(done.before)}\n`,
      );
  return exit.done;
}
