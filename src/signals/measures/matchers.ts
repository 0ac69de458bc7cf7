import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Matcher } from "../series.ts";
import { type Selector, literally } from "./promql-text.ts";
import type { SignalData } from "./spec-data.ts";

/** What a signal is about: a service, a resource, or nothing in particular. */
export type About =
  | { readonly kind: "service"; readonly name: string; readonly service: Environment["services"][string] }
  | { readonly kind: "resource"; readonly name: string; readonly resource: Environment["resources"][string] }
  | { readonly kind: "slo"; readonly name: string; readonly slo: Environment["slos"][string] }
  | { readonly kind: "environment" }
  | { readonly kind: "absent"; readonly ref: string };

export function aboutOf(of: SignalData["of"], environment: Environment): About {
  if (of === undefined) return { kind: "environment" };
  const service = refName(of, "services");
  if (service !== undefined && Object.hasOwn(environment.services, service)) {
    const found = environment.services[service];
    if (found !== undefined) return { kind: "service", name: service, service: found };
  }
  const resource = refName(of, "resources");
  if (resource !== undefined && Object.hasOwn(environment.resources, resource)) {
    const found = environment.resources[resource];
    if (found !== undefined) return { kind: "resource", name: resource, resource: found };
  }
  const slo = refName(of, "slos");
  if (slo !== undefined && Object.hasOwn(environment.slos, slo)) {
    const found = environment.slos[slo];
    if (found !== undefined) return { kind: "slo", name: slo, slo: found };
  }
  return refName(of, "environments") === undefined ? { kind: "absent", ref: of.ref } : { kind: "environment" };
}

/** A metric with some labels; of the spec's own `where` whatever names the same label counts. */
export function metricWith(
  metric: string,
  labels: Readonly<Record<string, string>>,
  signal: SignalData,
  ...more: Matcher[]
): Selector {
  const where = signal.where ?? {};
  const kept = [...Object.entries(labels).map(([name, value]) => is(name, value)), ...more].filter(
    ({ name }) => !Object.hasOwn(where, name),
  );
  return { metric, matchers: [...kept, ...Object.entries(where).map(([name, value]) => is(name, value))] };
}

export function is(name: string, value: string): Matcher {
  return { name, op: "=", value };
}

/** One of these values, each as it is written. */
export function oneOf(name: string, values: readonly string[]): Matcher {
  const [only] = values;
  if (values.length === 1 && only !== undefined) return is(name, only);
  return { name, op: "=~", value: values.map(literally).join("|") };
}
