import { existsSync, readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { searchLogs } from "../../control/telemetry/search-logs.ts";
import { GantryError } from "../../lib/errors.ts";
import type { Level } from "../../signals/logs/level.ts";
import { followLogs } from "../../system/follow-logs.ts";
import type { LogLine } from "../../wire/log-line.ts";
import type { TraceView } from "../../wire/signals.ts";
import { namedApi, serverNamed } from "../api.ts";
import type { Given } from "../command.ts";
import { isRunning, localPlatform } from "../platform.ts";
import { readSpec } from "../read-spec.ts";
import { queryText, whatRuns } from "../running.ts";

/** Where lines come from: the files of this folder's platform, also where nothing runs, or a server elsewhere. */
export type LogSource = {
  /** Those that have written some. */
  readonly environments: readonly string[];
  search(environment: string, filter: Filter): Promise<readonly LogLine[]>;
  follow(environment: string, filter: Omit<Filter, "level" | "text">): AsyncIterable<LogLine>;
  /** What is kept of a trace beside its lines; nothing where it is not known. */
  readonly traceOf: (environment: string, trace: string) => Promise<TraceView | undefined>;
  /** No more lines than these are given at once, where that is less than all. */
  readonly most?: number;
};

export type Filter = {
  readonly service?: string;
  readonly since?: Date;
  readonly trace?: string;
  readonly requests?: boolean;
  readonly level?: Level;
  readonly text?: string;
  readonly limit?: number;
};

export function logSource(given: Given): Promise<LogSource> {
  return serverNamed(given) === undefined ? linesHere(given) : linesElsewhere(given);
}

async function linesHere(given: Given): Promise<LogSource> {
  const { file } = await readSpec(given);
  const platform = localPlatform(file);
  const { logs } = platform.place;
  const environments = existsSync(logs)
    ? readdirSync(logs, { withFileTypes: true }).flatMap((one) =>
        one.isDirectory() && one.name !== "0.platform" ? [one.name] : [],
      )
    : [];
  return {
    environments,
    search: (environment, { since, trace, ...filter }) =>
      searchLogs(logs, {
        environment,
        ...filter,
        ...(since === undefined ? {} : { sinceMs: since.getTime() }),
        ...(trace === undefined ? {} : { traceId: trace }),
      }),
    follow: (environment, filter) => followLogs(logs, { environment, ...filter }, new AbortController().signal),
    async traceOf(environment, trace) {
      if (!(await isRunning(platform))) return undefined;
      return platform.get<TraceView>(`/v1/trace?${queryText({ environment, trace })}`).catch(() => nothing);
    },
  };
}

const mostAtOnce = 2_000;
const lookEveryMs = 1_000;
/** So long a server may be away that is being started anew. */
const patienceMs = 60_000;
const nothing: TraceView = { spans: [], sent: [] };

async function linesElsewhere(given: Given): Promise<LogSource> {
  const { platform, product, environments } = await whatRuns(given);
  const { api } = namedApi(serverNamed(given) ?? "");
  const search = async (environment: string, { since, limit = mostAtOnce, requests, ...filter }: Filter) => {
    const key = "GET /v1/products/{product}/environments/{environment}/logs";
    const query = {
      ...filter,
      limit: Math.min(mostAtOnce, limit),
      ...(since === undefined ? {} : { sinceMs: since.getTime() }),
      ...(requests === true ? { requests: "true" as const } : {}),
    };
    // None are wanted, and the API gives one at least.
    if (limit === 0) return [];
    return (await api(key, { params: { product, environment }, query })).items as readonly LogLine[];
  };
  return {
    environments,
    most: mostAtOnce,
    search,
    async *follow(environment, { limit, ...filter }) {
      const first = await search(environment, { ...filter, ...(limit === undefined ? {} : { limit }) });
      yield* first;
      let since = new Date(first.at(-1)?.time ?? Date.now());
      // Of the moment at which it goes on some were told already.
      let told = new Set(first.filter(({ time }) => time === since.toISOString()).map(keyOf));
      let heardMs = Date.now();
      const waiting = (error: unknown): undefined => {
        if (!(error instanceof GantryError) || error.code !== "not-reachable" || Date.now() - heardMs > patienceMs) throw error;
      };
      for (;;) {
        await sleep(lookEveryMs);
        const found = await search(environment, { ...filter, since }).catch(waiting);
        if (found === undefined) continue;
        heardMs = Date.now();
        const fresh = found.filter((line) => !told.has(keyOf(line)));
        yield* fresh;
        const last = fresh.at(-1);
        if (last === undefined) continue;
        const isSame = last.time === since.toISOString();
        const now = fresh.filter(({ time }) => time === last.time).map(keyOf);
        [since, told] = [new Date(last.time), new Set(isSame ? [...told, ...now] : now)];
      }
    },
    traceOf: (environment, trace) =>
      platform.get<TraceView>(`/v1/trace?${queryText({ environment, trace })}`).catch(() => nothing),
  };
}

function keyOf(line: LogLine): string {
  return JSON.stringify(line);
}
