import { type Command } from "../command.ts";
import { readRelease, sayTo } from "../releases/say.ts";
import { asOption } from "../who.ts";
import { stepOf } from "./rollout.ts";

export const approve: Command = {
  name: "approve",
  summary: "Says yes, or no, to a release that waits for it: in the name of a role, and to the very step that is seen.",
  takes: "[release]",
  options: {
    env: { type: "string", short: "e", placeholder: "env", help: "the release of this environment, when none is named" },
    reject: { type: "boolean", help: "say no: it is taken back" },
    reason: { type: "string", placeholder: "why", help: "goes on record" },
    step: { type: "string", placeholder: "n", help: "the step that is meant; else the one at which it is now" },
    as: asOption,
  },
  server: true,
  examples: [
    "gantry approve --env prod --as lead@example.com",
    'gantry approve abc123 --reject --reason "not before the weekend"',
  ],
  async run(given) {
    const { args, options } = given;
    const { release } = await readRelease(given, args[0]);
    const reason = typeof options["reason"] === "string" ? options["reason"] : undefined;
    // Where it has gone on between the look and the word, the word is about nothing.
    return sayTo(given, release.id, {
      verb: options["reject"] === true ? "reject" : "approve",
      reason,
      step: stepOf(options["step"]) ?? release.at,
    });
  },
};
