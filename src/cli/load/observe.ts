import { setTimeout as sleep } from "node:timers/promises";
import type { AlertView, QueryView } from "../../wire/signals.ts";
import type { PlatformStatus } from "../../wire/up.ts";
import type { LocalPlatform } from "../platform.ts";
import { queryText } from "../running.ts";
import type { Expectation, Scaling, Seen } from "./expectation.ts";

// What the environment does meanwhile: replicas, alerts and whatever else somebody asks about, looked at again and again.

export type Watched = {
  readonly replicas: (service: string) => Seen;
  readonly query: (expr: string) => Seen;
  readonly scaling: (service: string) => Scaling | undefined;
  readonly alerts: () => { readonly fired: readonly string[]; readonly untold: readonly string[] } | undefined;
  readonly fired: (alert: string) => boolean | undefined;
  /** Those that were seen firing, and when first, in milliseconds after the beginning. */
  readonly firing: () => Readonly<Record<string, number>>;
  /** Ready replicas of each service, as they changed; at most a thousand changes. */
  readonly changes: () => readonly { readonly atMs: number; readonly service: string; readonly ready: number }[];
  /** How many looks failed, and why the last one did. */
  readonly missed: () => { readonly looks: number; readonly because?: string };
};

const everyMs = 500;
const mostChanges = 1_000;

/** How many requests under way a replica of a service is for. */
type Perhaps = Readonly<Record<string, number>>;

/** A burst shorter than this asks for nothing. */
const looksOfABurst = 4;

export type Observation = { readonly seen: Watched; stop(): Promise<void> };

export function observe(
  platform: LocalPlatform,
  about: {
    readonly product: string;
    readonly environment: string;
    readonly expectations: readonly Expectation[];
    readonly perReplica?: Perhaps;
  },
): Observation {
  const { product, environment } = about;
  const numbers = new Map<string, { least: number; most: number; last: number }>();
  const told = new Map<string, boolean>();
  const firing: Record<string, number> = {};
  const needs = new Map<string, { scaling: Scaling; recent: number[]; lateSince: number | undefined }>();
  const names = new Set<string>();
  const changes: { atMs: number; service: string; ready: number }[] = [];
  const queries = about.expectations.flatMap((one) => (one.of === "query" ? [one.expr] : []));
  const began = performance.now();
  const ending = new AbortController();
  let looks = 0;
  let because: string | undefined;

  const note = (name: string, value: number): void => {
    const known = numbers.get(name);
    if (known === undefined) numbers.set(name, { least: value, most: value, last: value });
    else Object.assign(known, { least: Math.min(known.least, value), most: Math.max(known.most, value), last: value });
  };
  const replicas = async (): Promise<void> => {
    const status = await platform.get<PlatformStatus>(`/v1/status?product=${encodeURIComponent(product)}`);
    const found = status.environments.find((one) => one.environment === environment);
    for (const { service, revisions } of found?.services ?? []) {
      const ready = revisions.reduce((sum, one) => sum + (one.weight > 0 ? one.ready : 0), 0);
      if (numbers.get(`replicas ${service}`)?.last !== ready && changes.length < mostChanges)
        changes.push({ atMs: Math.round(performance.now() - began), service, ready });
      note(`replicas ${service}`, ready);
      const perReplica = about.perReplica?.[service];
      if (perReplica !== undefined) {
        const serving = revisions.filter(({ weight }) => weight > 0);
        const underWay = serving.reduce((sum, one) => sum + one.inFlight, 0);
        need(service, { ready, needed: Math.ceil(underWay / perReplica), limit: Math.max(1, ...serving.map((one) => one.most)) });
      }
    }
  };
  const need = (
    service: string,
    { ready, needed, limit }: { readonly ready: number; readonly needed: number; readonly limit: number },
  ): void => {
    const now = performance.now();
    const known = needs.get(service) ?? {
      scaling: { first: ready, most: ready, limit, asked: 0, lateMs: 0 },
      recent: [],
      lateSince: undefined,
    };
    needs.set(service, known);
    known.recent = [...known.recent, needed].slice(-looksOfABurst);
    const lasting = known.recent.length < looksOfABurst ? 0 : Math.min(...known.recent);
    known.lateSince = lasting > ready && ready < limit ? (known.lateSince ?? now) : undefined;
    const { scaling } = known;
    known.scaling = {
      ...scaling,
      limit,
      most: Math.max(scaling.most, ready),
      asked: Math.max(scaling.asked, lasting),
      lateMs: Math.max(scaling.lateMs, known.lateSince === undefined ? 0 : now - known.lateSince),
    };
  };
  const alerts = async (): Promise<void> => {
    for (const { name, state } of await platform.get<readonly AlertView[]>(`/v1/alerts?${queryText({ product, environment })}`)) {
      names.add(name);
      if (state === "firing") firing[name] ??= Math.round(performance.now() - began);
      if (state !== "unknown") told.set(name, (told.get(name) ?? false) || state === "firing");
    }
  };
  const query = async (expr: string): Promise<void> => {
    const { series } = await platform.get<QueryView>(`/v1/query?${queryText({ product, environment, expr })}`);
    const values = series.flatMap(({ points }) => points.map(([, value]) => Number(value)));
    if (values.length > 0 && values.every(Number.isFinite)) note(`query ${expr}`, Math.max(...values));
  };
  const look = async (): Promise<void> => {
    const done = await Promise.allSettled([replicas(), alerts(), ...queries.map(query)]);
    const failed = done.find((one) => one.status === "rejected");
    if (failed === undefined) return;
    looks += 1;
    because = (failed.reason as Error).message;
  };
  const running = (async () => {
    while (!ending.signal.aborted) {
      await look();
      await sleep(everyMs, undefined, { signal: ending.signal }).catch(() => undefined);
    }
    await look();
  })();

  return {
    seen: {
      replicas: (service) => numbers.get(`replicas ${service}`),
      query: (expr) => numbers.get(`query ${expr}`),
      fired: (alert) => told.get(alert),
      scaling: (service) => needs.get(service)?.scaling,
      alerts: () =>
        names.size === 0
          ? undefined
          : {
              fired: [...names].filter((name) => told.get(name) === true),
              untold: [...names].filter((name) => told.get(name) === undefined),
            },
      firing: () => ({ ...firing }),
      changes: () => [...changes],
      missed: () => ({ looks, ...(because !== undefined && { because }) }),
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
}
