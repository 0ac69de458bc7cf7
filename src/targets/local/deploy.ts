import { setTimeout as sleep } from "node:timers/promises";
import { GantryError } from "../../lib/errors.ts";
import type { RevisionSpec, Split } from "../../wire/machine.ts";
import { durationMs, shareOf } from "../../lib/quantities.ts";
import { seal } from "../../system/sealed.ts";
import { isListening } from "../../spec/is-listening.ts";
import type { Environment, EnvironmentService } from "../../spec/environment.ts";
import type { AgentClient } from "./agent-client.ts";
import type { Artifact } from "./artifact.ts";
import { type ServiceEnv, revisionName } from "./service-env.ts";

// One service on this machine: its revision, started off the path of any request, given the traffic, and the old one put to rest.

/** So many revisions stay known besides the one that serves, for going back at once. */
export const revisionsKept = 3;
/** Requests in flight on one replica before another is started, where the spec says nothing of the kind. */
export const inFlightPerReplica = 40;

/** Nothing is drained for longer than this before somebody is told. */
const drainLimitMs = 60_000;
const againMs = 100;

export function revisionSpec(
  name: string,
  service: EnvironmentService,
  {
    artifact,
    env,
    speed,
    key,
  }: { readonly artifact: Artifact; readonly env: ServiceEnv; readonly speed: number; readonly key: Buffer },
): RevisionSpec {
  const { max = 1, min = 1, idle, on } = service.scale ?? {};
  const { health } = service;
  const parts = {
    command: artifact.command,
    folder: artifact.folder,
    env: env.plain,
    listens: isListening(service),
    ...(health
      ? {
          health: {
            path: health.path,
            ...(health.ready === undefined ? {} : { readyPath: health.ready }),
            everyMs: durationMs(health.every ?? "10s"),
            timeoutMs: durationMs(health.timeout ?? "5s"),
            failures: health.failures ?? 3,
            successes: 2,
            startMs: durationMs(health.start ?? "60s"),
          },
        }
      : {}),
    scale: {
      min,
      max: Math.max(1, max),
      // How long something may lie idle is a span that a policy waits for, so `--speed` shortens it.
      ...(idle && isListening(service) ? { idleMs: durationMs(idle.after) / speed } : {}),
      ...(isListening(service) ? { inFlight: on?.requests ?? inFlightPerReplica } : {}),
      ...(on?.cpu === undefined ? {} : { cpu: shareOf(on.cpu) }),
    },
    drainMs: durationMs(service.drain ?? "30s"),
  };
  return {
    revision: revisionName(name, { ...parts, secret: env.secret }),
    ...parts,
    ...(Object.keys(env.secret).length === 0 ? {} : { sealedEnv: seal(JSON.stringify(env.secret), key) }),
  };
}

/** Starts a revision and waits until it may get traffic. Nothing is routed to it yet. */
export async function startRevision(
  agent: AgentClient,
  where: { readonly environment: string; readonly service: string; readonly signal?: AbortSignal },
  spec: RevisionSpec,
): Promise<void> {
  const { environment, service } = where;
  const untilMs = performance.now() + drainLimitMs;
  for (;;)
    try {
      await agent.putRevision(environment, service, spec);
      break;
    } catch (error) {
      // What is being drained makes room in a moment.
      if (!(error instanceof GantryError) || error.code !== "no-room-yet" || performance.now() > untilMs) throw error;
      await sleep(againMs, undefined, where.signal ? { signal: where.signal } : {});
    }
  // Whoever has not listened in the time that a start may take is not given a second one here.
  const timeoutMs = (spec.health?.startMs ?? 20_000) + 5_000;
  await agent.ready(environment, service, spec.revision, timeoutMs, where.signal);
}

/** Gives a revision all of the traffic, in one step. */
export async function routeTo(agent: AgentClient, environment: string, service: string, revision: string): Promise<void> {
  const split: Split = { shares: [{ revision, weight: 100 }], tags: {} };
  await agent.split(environment, service, split);
}

/** The services of an environment that run all the time, and those that run at their times. */
export function servicesOf(environment: Environment): {
  readonly running: readonly (readonly [string, EnvironmentService])[];
  readonly atTimes: readonly (readonly [string, EnvironmentService])[];
  readonly notHere: readonly string[];
} {
  const all = Object.entries(environment.services);
  const here = all.filter(([, one]) => one.here !== undefined);
  return {
    running: here.filter(([, one]) => one.kind !== "cron"),
    atTimes: here.filter(([, one]) => one.kind === "cron"),
    notHere: all.filter(([, one]) => one.here === undefined).map(([name]) => name),
  };
}
