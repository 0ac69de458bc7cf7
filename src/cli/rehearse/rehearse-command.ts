import { stageOf } from "../../rehearse/campaign/stage-of.ts";
import { type Stage, rehearseOnce } from "../../rehearse/run/rehearse-once.ts";
import type { Moment } from "../../rehearse/run/outcome.ts";
import { type Given, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { chooseEnvironment, readSoundSpec, switchesOf } from "../read-spec.ts";
import { type Circumstances, circumstancesOf, numberOf, requireServices } from "./circumstances.ts";
import { drive } from "./drive.ts";
import { manyText, onceText } from "./texts.ts";

export async function rehearseCommand(given: Given): Promise<number> {
  const { args, options, out, err, colours, outColours } = given;
  const [name = "", ...services] = args;
  const circumstances = circumstancesOf(given, services);
  const seed = numberOf(options["seed"], { name: "seed", suffix: "", least: 0, most: 2 ** 53 - 1 }) ?? 1;
  const runs = numberOf(options["runs"], { name: "runs", suffix: "", least: 1, most: 1_000_000 });
  const checked = await readSoundSpec(given);
  const environment = chooseEnvironment(checked, name, switchesOf(given));
  requireServices(environment, circumstances);
  const stage = stageOf({ environment, ...circumstances });
  const head = { product: environment.product, environment: environment.environment, ...said(circumstances), seed };
  if (runs === undefined) {
    const moments: Moment[] = [];
    const outcome = rehearseOnce(stage, { seed, run: 0, onMoment: (moment) => moments.push(moment) });
    if (options["json"] === true) out(document({ ...head, outcome, moments, assumed: stage.script.assumed }));
    else out(onceText({ stage, head, moments, outcome }, outColours));
    return exit.done;
  }
  const tally = await interruptible((signal) =>
    drive(stage, {
      seed,
      runs,
      signal,
      ...(options["json"] === true ? {} : { tell: (text) => err(colours.dim(`  … ${text}\n`)) }),
    }),
  );
  const summary = tally.summary();
  if (options["json"] === true) out(document({ ...head, summary, assumed: stage.script.assumed }));
  else out(manyText({ stage, head, summary }, outColours));
  return summary.runs < runs ? 130 : exit.done;
}

export type Head = {
  readonly product: string;
  readonly environment: string;
  readonly faults: readonly string[];
  readonly traffic: string;
  readonly seed: number;
};

function said({ traffic, trafficOf = {}, setting }: Circumstances): Pick<Head, "faults" | "traffic"> {
  const others = Object.entries(trafficOf).map(([service, { text }]) => `${service} ${text}`);
  return { faults: (setting?.faults ?? []).map(({ text }) => text), traffic: [traffic.text, ...others].join(", ") };
}

function document(value: unknown): string {
  return `${JSON.stringify(value, (_, one: unknown) => (typeof one === "number" && !Number.isFinite(one) ? null : one), 2)}\n`;
}

export type { Stage };
