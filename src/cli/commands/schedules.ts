import type { ScheduleView } from "../../wire/up.ts";
import { type Command, exit } from "../command.ts";
import { queryText, someOf, whatRuns } from "../running.ts";
import type { Colours } from "../terminal.ts";

export const schedules: Command = {
  name: "schedules",
  summary: "Shows what happens at set times, in UTC: when it comes next, and what came of it the last time.",
  takes: "[env…]",
  completes: ["environment"],
  options: {},
  server: true,
  examples: ["gantry schedules", "gantry schedules dev --json | jq -r '.schedules[].next'"],
  async run(given) {
    const { args, options, out, outColours } = given;
    const running = await whatRuns(given);
    const all = (
      await Promise.all(
        someOf(running, args).map((environment) =>
          running.platform.get<readonly ScheduleView[]>(`/v1/schedules?${queryText({ product: running.product, environment })}`),
        ),
      )
    ).flat();
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, schedules: all }, undefined, 2)}\n`);
    else out(all.length === 0 ? "nothing happens at set times here\n" : all.map((one) => line(one, outColours)).join(""));
    return exit.done;
  },
};

function line(
  { environment, name, cron, next, last, missed }: ScheduleView,
  { bold, dim, cyan, green, yellow, red }: Colours,
): string {
  const colour = { done: green, failed: red, skipped: yellow, waiting: cyan };
  const before =
    last === undefined
      ? ""
      : `\n  ${colour[last.state](last.state)} at ${moment(last.due)}${dim(last.because === "" ? "" : `: ${last.because}`)}`;
  const rule = dim(missed === "skip" ? "  what is missed is skipped" : "  what is missed is caught up with once");
  return `${bold(name)}  ${dim(environment)}  ${dim(cron)}  next ${cyan(moment(next))}${rule}${before}\n`;
}

function moment(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}
