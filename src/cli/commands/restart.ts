import { type Command, exit } from "../command.ts";
import { showProgress } from "../progress.ts";
import { reach } from "../running.ts";
import type { Progress } from "../../wire/up.ts";

export const restart: Command = {
  name: "restart",
  summary: "Starts services anew, one replica after the other; what serves goes on until the new one is ready.",
  takes: "<env> [service]",
  completes: ["environment"],
  options: {},
  server: true,
  examples: ["gantry restart dev", "gantry restart prod api"],
  async run(given) {
    const { args, options, out } = given;
    const [environment = "", service] = args;
    const { platform } = await reach(given);
    const request = { environment, ...(service === undefined ? {} : { service }) };
    const restarted: string[] = [];
    const lines = platform.send<Progress>("/v1/restart", request);
    await showProgress(noted(lines, restarted), given);
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, environment, restarted }, undefined, 2)}\n`);
    return exit.done;
  },
};

async function* noted(lines: AsyncIterable<Progress>, into: string[]): AsyncGenerator<Progress> {
  for await (const line of lines) {
    if (line.kind === "step") into.push(line.subject);
    yield line;
  }
}
