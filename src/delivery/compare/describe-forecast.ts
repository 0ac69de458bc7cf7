import type { Forecast } from "./forecast.ts";
import { asSpan, asNumber, asShare } from "./words.ts";

/** "at 5 requests/s, 10 % of them the new revision's, this needs about 11 minutes to tell 2 × the odds of slow requests, …". */
export function describeForecast(forecast: Forecast): string {
  const { requestsPerSecond, share, times, failsAfterMs, passesAfterMs } = forecast;
  const named = { errors: "errors", latency: "slow requests" } as const;
  const tells = (["errors", "latency"] as const).flatMap((measure) => {
    const ms = failsAfterMs[measure];
    return ms === undefined ? [] : [`about ${asSpan(ms)} to tell ${asNumber(times)} × the odds of ${named[measure]}`];
  });
  const passes =
    passesAfterMs === undefined
      ? "over a year to pass one that is as good as the old"
      : `about ${asSpan(passesAfterMs)} to pass one that is as good as the old`;
  return `at ${asNumber(requestsPerSecond)} requests/s, ${asShare(share)} of them the new revision's, this needs ${[...tells, passes].join(", ").replace(/, ([^,]*)$/, " and $1")}`;
}
