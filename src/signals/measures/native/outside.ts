import { refName } from "../../../spec/derive.ts";
import type { Environment } from "../../../spec/environment.ts";
import { type About, metricWith, oneOf } from "../matchers.ts";
import { type Measured, type NotMeasured, refused, refusedHere } from "../measured.ts";
import type { Asking } from "./asking.ts";

/** What is seen from outside, as blackbox_exporter names it. */
export function outside({ signal, environment }: Asking, about: About): Measured | NotMeasured {
  if (about.kind !== "service") return refused(`${signal.measure} is measured of services`);
  const { name } = about;
  if (signal.measure === "uptime") {
    const checks = checksOf(name, environment);
    if (checks.length === 0 && signal.where?.["check"] === undefined)
      return refusedHere(`no check looks at ${name} from outside: add an uptimeCheck of it`);
    return {
      is: "measured",
      shape: { is: "gauge", of: metricWith("probe_success", {}, signal, oneOf("check", checks)), fold: "avg", always: true },
      unit: "share",
      own: ["check"],
      says: `the share of checks of ${name} from outside that succeed`,
    };
  }
  const hosts = hostsOf(name, environment);
  if (hosts.length === 0)
    return refusedHere(`${name} has no host of its own in ${environment.environment}, and so no certificate`);
  return {
    is: "measured",
    shape: { is: "until", moment: metricWith("probe_ssl_earliest_cert_expiry", {}, signal, oneOf("host", hosts)) },
    unit: "seconds",
    own: ["host"],
    says: `how long the certificate of ${hosts.join(", ")} is good for`,
  };
}

export function checksOf(service: string, { uptime }: Environment): readonly string[] {
  return Object.entries(uptime).flatMap(([check, { of }]) => (refName(of, "services") === service ? [check] : []));
}

/** The hosts that a service answers at; a certificate belongs to a host and no port. */
export function hostsOf(service: string, { hosts }: Environment): readonly string[] {
  const found = hosts.filter((one) => one.service === service).map(({ host }) => host.replace(/:\d+$/, ""));
  return [...new Set(found)].toSorted();
}
