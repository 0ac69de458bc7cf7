import { count } from "../../lib/text.ts";
import type { TrafficSeen } from "../observed.ts";
import type { Plan, Step } from "../plan.ts";
import type { Change } from "../release.ts";
import { spanText } from "../words/span.ts";
import { beginComparison } from "./comparison.ts";
import { describeForecast } from "./describe-forecast.ts";
import { type Forecast, forecastBefore } from "./forecast.ts";
import { asNumber } from "./words.ts";

// What a release will see of the traffic, if that stays as it is: said before it begins, when more can still be sent.

/** What a service is asked now, and has answered so far. */
export type Present = { readonly requestsPerSecond: number; readonly baseline?: TrafficSeen };

/** A watch that says nothing below so many requests of a service within a span. */
export type Floor = { readonly says: string; readonly service: string; readonly least: number; readonly withinMs: number };

export type Expectation = {
  readonly step: string;
  readonly service: string;
  /** How many requests the new revision will have had at the end of the bake. */
  readonly requests: number;
  /** Every watch sees enough to say something. */
  readonly enough: boolean;
  readonly says: string;
  readonly forecast?: Forecast;
};

type Options = {
  readonly present: Readonly<Record<string, Present>>;
  readonly floors: readonly Floor[];
  readonly lastMs: number;
};

export function expectationsOf(plan: Plan, changes: readonly Change[], options: Options): readonly Expectation[] {
  const shared = changes
    .filter(({ serves, from, to }) => serves && from !== undefined && from !== to)
    .map(({ service }) => service);
  const watched = options.floors.map(({ service }) => service).filter((one) => !shared.includes(one));
  return plan.steps
    .filter(({ bakeMs, weightPercent }) => bakeMs > 0 && weightPercent > 0 && weightPercent < 100)
    .flatMap((step) => [
      ...shared.map((service) => expected(plan, step, { ...options, service, share: step.weightPercent / 100 })),
      ...[...new Set(watched)].map((service) => expected(plan, step, { ...options, service, share: 1 })),
    ]);
}

type One = Options & { readonly service: string; readonly share: number };

function expected(plan: Plan, step: Step, { service, share, present, floors, lastMs }: One): Expectation {
  const { requestsPerSecond = 0, baseline } = Object.hasOwn(present, service) ? (present[service] ?? {}) : {};
  const perSecond = requestsPerSecond * share;
  const requests = Math.round((perSecond * step.bakeMs) / 1_000);
  const short = floors.filter((one) => one.service === service && (perSecond * one.withinMs) / 1_000 < one.least);
  const forecast = share < 1 ? forecastFor(plan, { requestsPerSecond, share, baseline }) : undefined;
  const whose = share < 1 ? `the new ${service}` : service;
  const has =
    requestsPerSecond === 0
      ? `${service} had no requests in the last ${spanText(lastMs)}`
      : `${forecast === undefined ? `at ${asNumber(requestsPerSecond)} requests/s ` : ""}${whose} has about ${count(requests, "request")} in ${spanText(step.bakeMs)} at ${step.name}`;
  const lacks = short.map(
    ({ says, least, withinMs }) =>
      `"${says}" is told from ${least} requests of ${whose} within ${spanText(withinMs)} on, which takes ${asNumber(least / share / (withinMs / 1_000))} requests/s: with fewer it holds for ${spanText(step.deadlineMs)} and goes back, unless somebody skips it`,
  );
  return {
    step: step.name,
    service,
    requests,
    enough: short.length === 0,
    says: [has, ...lacks, ...(forecast === undefined ? [] : [describeForecast(forecast)])].join("; "),
    ...(forecast === undefined ? {} : { forecast }),
  };
}

function forecastFor(
  { comparison }: Plan,
  {
    requestsPerSecond,
    share,
    baseline,
  }: { readonly requestsPerSecond: number; readonly share: number; readonly baseline: TrafficSeen | undefined },
): Forecast | undefined {
  if (comparison === undefined || baseline === undefined || requestsPerSecond === 0) return undefined;
  return forecastBefore(beginComparison(comparison, baseline), baseline, { requestsPerSecond, share });
}
