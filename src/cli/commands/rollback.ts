import type { Release } from "../../delivery/release.ts";
import { UserError } from "../../lib/errors.ts";
import { printable } from "../../lib/text.ts";
import { type Command, exit } from "../command.ts";
import { followRelease } from "../releases/follow-release.ts";
import { releaseText, titleOf } from "../releases/release-text.ts";
import { oneOf, whatRuns } from "../running.ts";
import { asOption, whoAsks } from "../who.ts";

type Back = { readonly release: Release; readonly how: "begun" | "aborted" | "back already" };

export const rollback: Command = {
  name: "rollback",
  summary: "Goes back to the revision that served before, with its configuration; what is on its way is aborted.",
  takes: "[service…]",
  options: {
    to: { type: "string", placeholder: "env", help: "the environment that goes back" },
    force: { type: "boolean", help: "also where the database has moved on so that the old revision may not run; needs a reason" },
    further: { type: "boolean", help: "also where somebody has gone back just now: to what was before that" },
    reason: { type: "string", placeholder: "why", help: "goes on record" },
    as: asOption,
  },
  server: true,
  examples: ["gantry rollback --to prod", 'gantry rollback api --to prod --reason "checkout is slow"'],
  async run(given) {
    const { args, options, out, err, outColours } = given;
    const json = options["json"] === true;
    const running = await whatRuns(given);
    if (typeof options["to"] !== "string")
      throw new UserError("usage", "say which environment goes back", { hint: `--to ${running.environments.join(" | ")}` });
    const environment = oneOf(running, options["to"]);
    let back: Back | undefined;
    for await (const one of running.platform.send<Back>("/v1/rollback", {
      product: running.product,
      environment,
      services: args,
      ...(options["force"] === true ? { force: true } : {}),
      ...(options["further"] === true ? { further: true } : {}),
      ...(typeof options["reason"] === "string" ? { reason: options["reason"] } : {}),
      ...whoAsks(given),
    }))
      back = one;
    if (back === undefined) throw new UserError("usage", "nothing came of it");
    const { release, how } = back;
    const aborted = how === "aborted";
    const already = how === "back already";
    if (already && !json) err(`${printable(release.startedBy.name)} has gone back just now; --further goes on from there\n`);
    const settled = await followRelease(running.platform, { product: running.product, id: release.id }, given, ({ phase }) =>
      aborted ? phase === "degraded" : phase !== "progressing" && phase !== "paused" && phase !== "reverting",
    );
    // What was aborted has come to where it was wanted; what went back by a way of its own has to be there.
    const ok = aborted ? settled.phase === "degraded" && settled.stuck !== true : settled.phase !== "degraded";
    if (json) out(`${JSON.stringify({ ok, aborted, already, release: settled }, undefined, 2)}\n`);
    else if (!process.stderr.isTTY) out(releaseText(settled, Date.now(), outColours));
    else out(`${ok ? outColours.green("✓") : outColours.red("✗")} ${titleOf(settled)}${aborted ? " was taken back" : ""}\n`);
    return ok ? exit.done : exit.no;
  },
};
