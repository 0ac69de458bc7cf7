import { type Circumstances, listOf, saidOf } from "../../rehearse/campaign/circumstances.ts";
import { type StageOptions, stageOf } from "../../rehearse/campaign/stage-of.ts";
import { parseFault } from "../../rehearse/faults/parse-fault.ts";
import type { Stage } from "../../rehearse/run/stage.ts";
import type { Given } from "../command.ts";
import { shapeOf } from "./circumstances.ts";
import type { Policy } from "./policies.ts";

/** One that is to be rehearsed, and how it is called. */
export type Rehearsal = {
  readonly stage: Stage;
  /** How it was staged: plain data, which other threads are given. */
  readonly options: StageOptions;
  readonly environment: string;
  readonly policy?: string;
  readonly faults: readonly string[];
  readonly traffic: string;
};

const usualFaults = ["none", "errors=1%", "errors=5%", "latency=+20%", "crash@10m"];
const usualTraffics = ["0.5rps", "5rps", "50rps"];

/** Every combination where a table is asked for, else the one that was said. */
export function rehearsalsOf(
  policies: readonly Policy[],
  circumstances: Circumstances,
  { options }: Given,
): readonly Rehearsal[] {
  const isTable = options["table"] === true;
  const [faults, traffics] = [listOf(options["fault"]), listOf(options["traffic"])];
  const tableFaults = faults.length > 0 ? faults : usualFaults;
  const tableTraffics = traffics.length > 0 ? traffics : usualTraffics;
  return policies.flatMap(({ environment, policy }) => {
    const about = { environment: environment.environment, ...(policy !== undefined && { policy }) };
    if (!isTable) {
      const staged = { environment, ...circumstances };
      return [{ ...about, stage: stageOf(staged), options: staged, ...saidOf(circumstances) }];
    }
    return tableFaults.flatMap((fault) =>
      tableTraffics.map((text): Rehearsal => {
        const found = parseFault(fault);
        const setting = { ...circumstances.setting, faults: found === undefined ? [] : [found] };
        const staged = { environment, ...circumstances, traffic: shapeOf(text), trafficOf: {}, setting };
        return { ...about, stage: stageOf(staged), options: staged, faults: found === undefined ? [] : [fault], traffic: text };
      }),
    );
  });
}
