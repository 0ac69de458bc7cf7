import type { Release } from "../../delivery/release.ts";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { printable } from "../../lib/text.ts";
import { type Command, type Given, exit } from "../command.ts";
import { followRelease } from "../releases/follow-release.ts";
import { type OpenLink, phaseText, releaseText, titleOf } from "../releases/release-text.ts";
import { readRelease, sayTo } from "../releases/say.ts";
import { oneOf, queryText, whatRuns } from "../running.ts";
import { asOption } from "../who.ts";

const verbs = ["list", "status", "promote", "pause", "resume", "abort", "retry", "skip"] as const;

export const rollout: Command = {
  name: "rollout",
  summary: "Shows releases on their way, and moves them: promote, pause, resume, abort, retry, skip.",
  takes: "<list|status|promote|pause|resume|abort|retry|skip> [release]",
  completes: [verbs],
  options: {
    env: { type: "string", short: "e", placeholder: "env", help: "the release of this environment, when none is named" },
    watch: { type: "boolean", short: "w", help: "of status: show it until it is settled" },
    full: { type: "boolean", help: "of promote: to the end at once; no gate or watch holds it any more" },
    reason: { type: "string", placeholder: "why", help: "goes on record; skip and promote --full need one" },
    step: { type: "string", placeholder: "n", help: "the step that is meant: where it has gone on since, nothing happens" },
    as: asOption,
  },
  server: true,
  examples: [
    "gantry rollout status -w",
    "gantry rollout promote --env prod",
    'gantry rollout promote --full --reason "the fix for the outage"',
    'gantry rollout skip --reason "the scanner is down"',
  ],
  async run(given) {
    const [verb = "", id] = given.args;
    const { options } = given;
    const reason = typeof options["reason"] === "string" ? options["reason"] : undefined;
    const step = stepOf(options["step"]);
    const isFull = verb === "promote" && options["full"] === true;
    if ((verb === "skip" || isFull) && (reason ?? "").trim() === "")
      throw new UserError("usage", `say why: what ${isFull ? "promote --full" : "skip"} does goes on record`, {
        hint: `gantry rollout ${isFull ? "promote --full" : "skip"} --reason "…"`,
      });
    switch (verb) {
      case "list":
        return list(given);
      case "status":
        return status(given, id);
      case "promote":
        return sayTo(given, id, { verb: isFull ? "promote-full" : "promote", reason, step });
      case "skip":
      case "pause":
      case "resume":
      case "abort":
      case "retry":
        return sayTo(given, id, { verb, reason, step });
      default:
        throw new UserError("usage", `gantry rollout has no verb ${JSON.stringify(printable(verb))}`, {
          hint: didYouMean(verb, verbs) ?? verbs.join(" | "),
        });
    }
  },
};

/** People count from one. */
export function stepOf(given: unknown): number | undefined {
  if (given === undefined) return undefined;
  const step = Number(given);
  if (!Number.isInteger(step) || step < 1)
    throw new UserError("usage", `--step ${String(given)} is no step`, { hint: "as --step 2" });
  return step - 1;
}

async function list(given: Given): Promise<number> {
  const { options, out } = given;
  const running = await whatRuns(given);
  const environment = typeof options["env"] === "string" ? oneOf(running, options["env"]) : undefined;
  const releases = await running.platform.get<readonly Release[]>(
    `/v1/releases?${queryText({ product: running.product, environment })}`,
  );
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, releases }, undefined, 2)}\n`);
  else if (releases.length === 0) out("nothing was released yet\n");
  for (const one of options["json"] === true ? [] : releases) out(`${lineOf(one, given)}\n`);
  return exit.done;
}

function lineOf(one: Release, { outColours }: Given): string {
  const { id, phase, startedAtMs, startedBy, at, plan, because } = one;
  const step = plan.steps[at]?.name;
  const where = step === undefined || one.endedAtMs !== undefined ? "" : ` at ${step}`;
  const why = phase === "degraded" && because !== undefined ? `  ${printable(because)}` : "";
  const when = new Date(startedAtMs).toISOString().slice(0, 16).replace("T", " ");
  return `${id}  ${outColours.dim(when)}  ${outColours.bold(titleOf(one))}  ${phaseText(phase, outColours)}${where}  ${outColours.dim(startedBy.name)}${why}`;
}

async function status(given: Given, id: string | undefined): Promise<number> {
  const { options, out, outColours } = given;
  const { running, release } = await readRelease(given, id);
  const seen =
    options["watch"] === true
      ? await followRelease(running.platform, { product: running.product, id: release.id }, given)
      : release;
  const links = await running.platform.get<readonly OpenLink[]>(
    `/v1/releases/links?${queryText({ product: running.product, id: seen.id })}`,
  );
  if (options["json"] === true) out(`${JSON.stringify({ ok: seen.phase !== "degraded", release: seen, links }, undefined, 2)}\n`);
  else if (options["watch"] !== true || !process.stderr.isTTY) out(releaseText(seen, Date.now(), outColours, links));
  return seen.phase === "degraded" ? exit.no : exit.done;
}
