import { shareOf } from "../../lib/quantities.ts";
import { savedShare } from "../../signals/logs/exclusions.ts";
import type { SavedLinesView } from "../../wire/signals.ts";
import type { TrafficSnapshot } from "../../wire/traffic.ts";
import type { EnvironmentWatch } from "./environment-watch.ts";

/** How many lines an environment's exclusions saved, as gateway and services counted them since the agent began. */
export function savedLines(
  { key, environment }: Pick<EnvironmentWatch, "key" | "environment">,
  { logged = [], printed = [] }: TrafficSnapshot,
  since: string | undefined,
): SavedLinesView {
  const by = (who: "gateway" | "service", all: typeof logged) =>
    all.flatMap((one) =>
      one.environment === key ? [{ service: one.service, by: who, written: one.written, leftOut: one.leftOut }] : [],
    );
  const services = [...by("gateway", logged), ...by("service", printed)]
    .filter(({ written, leftOut }) => written + leftOut > 0)
    .toSorted((a, b) => (a.service < b.service ? -1 : a.service > b.service ? 1 : a.by < b.by ? -1 : 1));
  const sum = (what: "written" | "leftOut") => services.reduce((all, one) => all + one[what], 0);
  const share = savedShare(services);
  const expected = environment.logs?.expectedSaving;
  return {
    environment: key,
    ...(since === undefined ? {} : { since }),
    services,
    written: sum("written"),
    leftOut: sum("leftOut"),
    ...(share === undefined ? {} : { savedShare: share }),
    ...(expected === undefined ? {} : { expectedShare: shareOf(expected) }),
  };
}
