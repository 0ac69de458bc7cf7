import type { LoadResult } from "./drive.ts";
import { type Expectation, type Verdict, judge } from "./expectation.ts";
import type { Sent } from "./generator.ts";
import type { Watched } from "./observe.ts";

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
