import { directBurn } from "../direct-burn.ts";
import { type About, aboutOf, metricWith } from "../matchers.ts";
import { type Measured, type NotMeasured, metered, refused, usualFloor } from "../measured.ts";
import type { Asking } from "../native/asking.ts";
import { nativeMeasure } from "../native/native.ts";
import { requestsAs, timedAs } from "../requests-as.ts";

/**
 * A measure in CloudWatch's PromQL, over what is sent there by OpenTelemetry: requests in the names of its conventions, with what
 * was measured on the labels and whose it is behind "@resource."; the rest under the names it has everywhere.
 */
export function cloudWatchMeasure(asking: Asking): Measured | NotMeasured {
  const { signal, environment } = asking;
  const about = aboutOf(signal.of, environment);
  switch (signal.measure) {
    case "monthToDate":
    case "dayToDate":
      if (asking.asShare)
        return refused("a budget of the account watches costs: CloudWatch has no metric of them that is fresh enough");
      return metered(nativeMeasure(asking), ownMeter);
    case "dailyBudget":
    case "spend":
      return metered(nativeMeasure(asking), ownMeter);
    case "burnRate":
    case "budgetLeft":
      return directBurn(asking, about, cloudWatchMeasure);
    default:
      return requests(asking, about) ?? nativeMeasure(asking);
  }
}

const ownMeter = "AWS tells costs hours late: they are those of the platform's own meter, as the collector hands them on";
const serviceName = "@resource.service.name";

function requests({ signal }: Asking, about: About): Measured | undefined {
  if (about.kind !== "service") return undefined;
  const { name } = about;
  const own = [serviceName];
  const of = (part: string) => metricWith(`http.server.request.duration_${part}`, { [serviceName]: name }, signal);
  const all = of("count");
  const failed = metricWith("http.server.request.duration_count", { [serviceName]: name }, signal, {
    name: "http.response.status_code",
    op: "=~",
    value: "5..",
  });
  if (signal.measure !== "latency") return requestsAs(signal, name, { own, all, failed });
  const names = { own, sum: of("sum"), count: all, buckets: of("bucket") };
  return { ...timedAs(signal, `how long ${name}'s answers take`, names), usualFloor };
}
