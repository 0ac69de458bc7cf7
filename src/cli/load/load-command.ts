import { setTimeout as sleep } from "node:timers/promises";
import type { AlertView } from "../../wire/signals.ts";
import { type Given, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { listOf } from "../rehearse/circumstances.ts";
import { oneOf, queryText, whatRuns } from "../running.ts";
import { type LoadResult, driveLoad } from "./drive.ts";
import { type Expectation, type Verdict, judge, parseExpectation, requireKnown } from "./expectation.ts";
import type { Sent } from "./generator.ts";
import { loadText, onTheWay } from "./load-text.ts";
import { type Watched, observe } from "./observe.ts";
import { askedLoad } from "./read-options.ts";
import { spokenOf } from "./spoken-of.ts";
import { servicesOf } from "./services-of.ts";

/** What came of a load; plain data. */
export type LoadReport = LoadResult & {
  readonly product: string;
  readonly environment: string;
  readonly service: string;
  /** The exercise of the spec that it was, and what of it cannot be asserted. */
  readonly exercise?: string;
  readonly notAsserted?: readonly string[];
  readonly rate: string;
  readonly seed: number;
  readonly isWhole: boolean;
  /** By alert: how many milliseconds after the beginning it was first seen firing. */
  readonly firing: Readonly<Record<string, number>>;
  readonly replicas: readonly { readonly atMs: number; readonly service: string; readonly ready: number }[];
  readonly missedLooks: { readonly looks: number; readonly because?: string };
  readonly verdicts: readonly Verdict[];
};

export async function loadCommand(given: Given): Promise<number> {
  const { args, options, out, err, colours, outColours } = given;
  const mentioned = listOf(options["expect"]).map(parseExpectation);
  askedLoad(given);
  const running = await whatRuns(given);
  const { product, platform } = running;
  const environment = oneOf(running, args[0]);
  const { scales, exercise } = await spokenOf(given, environment);
  const asked = askedLoad({ options: { ...exercise?.options, ...options } });
  const expectations = [...(exercise?.asserts ?? []), ...mentioned];
  const services = await servicesOf(platform, { product, environment });
  const { service, port } = services.chosen(options["service"] ?? exercise?.service);
  const alerts = await platform.get<readonly AlertView[]>(`/v1/alerts?${queryText({ product, environment })}`);
  requireKnown(expectations, { services: services.names, alerts: alerts.map(({ name }) => name) });

  const json = options["json"] === true;
  const tell = (seen: Sent, atMs: number): void => {
    if (!json) err(colours.dim(`  … ${onTheWay(seen, atMs, asked.forMs)}\n`));
  };
  const report = await interruptible(async (signal) => {
    const watching = observe(platform, { product, environment, expectations, perReplica: scales });
    try {
      const target = { ...asked.target, port };
      const { result, seen } = await driveLoad({ ...asked, target }, { signal, tell });
      if (asked.settleMs > 0 && !signal.aborted) {
        if (!json) err(colours.dim("  … all is sent; looking on\n"));
        await sleep(asked.settleMs, undefined, { signal }).catch(() => undefined);
      }
      await watching.stop();
      return reportOf(result, seen, watching.seen);
    } finally {
      await watching.stop();
    }

    function reportOf(result: LoadResult, seen: Sent, watched: Watched): LoadReport {
      return {
        product,
        environment,
        service,
        ...(exercise !== undefined && { exercise: exercise.name, notAsserted: exercise.notAsserted }),
        rate: asked.rateText,
        seed: asked.seed,
        isWhole: !signal.aborted,
        ...result,
        firing: watched.firing(),
        replicas: watched.changes(),
        missedLooks: watched.missed(),
        verdicts: verdictsOf(expectations, result, seen, watched),
      };
    }
  });
  const holds = report.verdicts.every(({ verdict }) => verdict === "pass") && report.answered > 0;
  if (json) out(`${JSON.stringify({ ok: holds && report.isWhole, ...report }, undefined, 2)}\n`);
  else out(loadText(report, outColours));
  if (!report.isWhole) return 130;
  return holds ? exit.done : exit.no;
}

export function verdictsOf(
  expectations: readonly Expectation[],
  result: LoadResult,
  seen: Sent,
  { replicas, query, fired, scaling, alerts }: Watched,
): readonly Verdict[] {
  const over = result.answered + result.failed - (result.classes["5xx"] ?? 0);
  const outcome = {
    replicas,
    query,
    fired,
    scaling,
    alerts,
    latencyMs: (part: number) => seen.latency.quantile(part),
    errorShare: () => (over === 0 ? undefined : result.failed / over),
  };
  return expectations.map((one) => judge(one, outcome));
}
