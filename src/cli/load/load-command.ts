import { setTimeout as sleep } from "node:timers/promises";
import type { AlertView } from "../../wire/signals.ts";
import { type Given, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import { listOf } from "../../rehearse/campaign/circumstances.ts";
import { oneOf, queryText, whatRunsHere } from "../running.ts";
import { createUnderWay } from "../under-way.ts";
import { type LoadResult, driveLoad } from "./drive.ts";
import { parseExpectation, requireKnown } from "./expectation.ts";
import type { Sent } from "./generator.ts";
import type { LoadReport } from "./load-report.ts";
import { loadText, onTheWay } from "./load-text.ts";
import { type Watched, observe } from "./observe.ts";
import { askedLoad } from "./read-options.ts";
import { spokenOf } from "./spoken-of.ts";
import { servicesOf } from "./services-of.ts";
import { verdictsOf } from "./verdicts.ts";

export async function loadCommand(given: Given): Promise<number> {
  const { args, options, out, outColours } = given;
  const mentioned = listOf(options["expect"]).map(parseExpectation);
  askedLoad(given);
  const running = await whatRunsHere(given);
  const { product, platform } = running;
  const environment = oneOf(running, args[0]);
  const { scales, exercise } = await spokenOf(given, environment);
  const asked = askedLoad({ options: { ...exercise?.options, ...options } });
  const expectations = [...(exercise?.asserts ?? []), ...mentioned];
  const services = await servicesOf(platform, { product, environment });
  const { service, port } = services.chosen(options["service"] ?? exercise?.service);
  const alerts = await platform.get<readonly AlertView[]>(`/v1/alerts?${queryText({ product, environment })}`);
  requireKnown(expectations, { services: services.names, alerts: alerts.map(({ name }) => name) });

  const underWay = createUnderWay(given, { lineEveryMs: 10_000 });
  const tell = (seen: Sent, atMs: number): void => underWay.step(onTheWay(seen, atMs, asked.forMs));
  const report = await interruptible(async (signal) => {
    const watching = observe(platform, { product, environment, expectations, perReplica: scales });
    try {
      const target = { ...asked.target, port };
      const { result, seen } = await driveLoad({ ...asked, target }, { signal, tell });
      if (asked.settleMs > 0 && !signal.aborted) {
        underWay.step("all is sent; looking on");
        await sleep(asked.settleMs, undefined, { signal }).catch(() => undefined);
      }
      await watching.stop();
      return reportOf(result, seen, watching.seen);
    } finally {
      underWay.end();
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
  if (options["json"] === true) out(`${JSON.stringify({ ok: holds && report.isWhole, ...report }, undefined, 2)}\n`);
  else out(loadText(report, outColours));
  if (!report.isWhole) return 130;
  return holds ? exit.done : exit.no;
}
