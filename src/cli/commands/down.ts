import type { PlatformStatus, Progress } from "../../wire/up.ts";
import { type Command, exit } from "../command.ts";
import { isRunning, ensureServer, localPlatform } from "../platform.ts";
import { showProgress } from "../progress.ts";
import { readSpec } from "../read-spec.ts";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { existsSync } from "node:fs";

export const down: Command = {
  name: "down",
  summary: "Ends environments that run on this machine: drains, stops, and keeps their data. Without names it ends all of them.",
  takes: "[env…]",
  completes: ["environment"],
  options: {
    data: { type: "boolean", help: "remove databases, buckets, logs and all else that they kept, too" },
    "dry-run": { type: "boolean", help: "say what would end, and end nothing" },
  },
  examples: ["gantry down", "gantry down staging", "gantry down dev --data"],
  async run(given) {
    const { args, options, out, outColours } = given;
    const json = options["json"] === true;
    const { file, data: spec } = await readSpec(given);
    const product = String(spec["name"] ?? "");
    const platform = localPlatform(file);
    const data = options["data"] === true;
    const nothing = () => {
      out(json ? `${JSON.stringify({ ok: true, down: [] }, undefined, 2)}\n` : "nothing of this product runs here\n");
      return exit.done;
    };
    if (!(await isRunning(platform))) {
      // What was kept is known to the server alone, which is started to remove it.
      if (!existsSync(platform.place.folder)) return nothing();
      if (!data && !existsSync(platform.place.agentState)) return nothing();
      await ensureServer(platform);
    }
    const status = await platform.get<PlatformStatus>(`/v1/status?product=${encodeURIComponent(product)}`);
    const known = status.environments.map((one) => one.environment);
    for (const name of args)
      if (!known.includes(name))
        throw new UserError("unknown-environment", `no environment ${name} runs here`, {
          hint: didYouMean(name, known) ?? "gantry status lists those that do",
        });
    const wanted = args.length > 0 ? args : known;
    if (options["dry-run"] === true) {
      out(
        json
          ? `${JSON.stringify({ ok: true, dryRun: true, down: wanted }, undefined, 2)}\n`
          : `would end ${wanted.join(", ")}${data ? ", and remove what they kept" : ""}\n`,
      );
      return exit.done;
    }
    const told = await showProgress(platform.send<Progress>("/v1/down", { product, environments: wanted, data }), given);
    if (json) out(`${JSON.stringify({ ok: true, down: told.down, data }, undefined, 2)}\n`);
    else
      for (const name of told.down)
        out(
          `${outColours.green("✓")} ${outColours.bold(name)} is ${name.includes(".") ? "gone, with all that it had" : `down${data ? ", and nothing of it is left" : ""}`}\n`,
        );
    return exit.done;
  },
};
