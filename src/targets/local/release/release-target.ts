import type { Effect, Task } from "../../../delivery/effect.ts";
import type { Observed } from "../../../delivery/observed.ts";
import { GantryError } from "../../../lib/errors.ts";
import type { EnvironmentView, Fence, RevisionSpec, RevisionView, ServiceView, Split } from "../../../wire/machine.ts";
import type { AgentClient } from "../agent-client.ts";
import { servicesSeen, trafficSeen } from "./see.ts";
import type { TaskWork, Tasks } from "./tasks.ts";

// The local platform as a run sees and changes it.
//
// 1. What is as it should be already is not said again: a run asserts everything at every look.
// 2. Whoever has been overtaken changes nothing: the agent is told of a new epoch before anything else, and between two effects nothing
//    newer may have come.
// 3. What takes long (a drain, a task) is begun and not waited for: the next look sees how it went.

/** What a run counts on does not sleep, until so long after the run was last looked at. */
const awakeMs = 60_000;
const againAfterMs = 15_000;

export type Ground = {
  /** `prod`, or `dev.pr-42`. */
  readonly environment: string;
  /** Services that run at their times only. */
  readonly atTimes: ReadonlySet<string>;
  readonly specOf: (service: string, revision: string) => Promise<RevisionSpec | undefined>;
  readonly serving: (service: string, revision: string) => Promise<void>;
  readonly takenBack: (service: string, revision: string, to: string) => Promise<void>;
  readonly workOf: (task: Task) => TaskWork;
};

export type Seen = Pick<Observed, "services" | "traffic" | "tasks"> & { readonly view: EnvironmentView | undefined };

export type ReleaseTarget = {
  observe(run: { readonly id: string; readonly services: readonly string[] }, ground: Ground): Promise<Seen>;
  carryOut(run: string, effects: readonly Effect[], fence: Fence, ground: Ground, signal: AbortSignal): Promise<void>;
  forget(run: string): void;
};

export function createReleaseTarget(parts: {
  readonly tasks: Tasks;
  /** The agent; what is changed bears this number. */
  readonly agentWith: (fence: Fence) => AgentClient;
  readonly agent: Pick<AgentClient, "state" | "traffic">;
}): ReleaseTarget {
  const { tasks } = parts;
  const latest = new Map<string, Fence>();
  /** By the run: why something is not there. */
  const troubles = new Map<string, Map<string, string>>();
  /** How many replicas were asked for last, and when. */
  const asked = new Map<string, { readonly replicas: number | undefined; readonly atMs: number }>();
  const underway = new Set<string>();
  /** Nothing runs of what runs at its times: that it is to rest is only remembered, and said again after a restart. */
  const putAway = new Set<string>();

  const begin = (subject: string, work: () => Promise<void>): void => {
    if (underway.has(subject)) return;
    underway.add(subject);
    // One that fails is seen to be still there, and asked for again.
    void work()
      .catch(() => {})
      .finally(() => underway.delete(subject));
  };

  return {
    async observe(run, ground) {
      const [machine, traffic] = await Promise.all([parts.agent.state(), parts.agent.traffic()]);
      const view = machine.environments.find((one) => one.environment === ground.environment);
      const { services } = run;
      return {
        view,
        services: servicesSeen(view, {
          services,
          atTimes: ground.atTimes,
          putAway: (subject) => putAway.has(`${ground.environment}/${subject}`),
          troubles: troubles.get(run.id) ?? new Map(),
        }),
        traffic: trafficSeen(traffic.revisions, ground.environment, services),
        tasks: tasks.of(run.id),
      };
    },

    async carryOut(run, effects, fence, ground, signal) {
      const before = latest.get(run);
      if (before !== undefined && isBefore(fence, before)) throw overtaken(ground.environment);
      latest.set(run, fence);
      if (effects.length === 0) return;
      const agent = parts.agentWith(fence);
      if (before?.epoch !== fence.epoch) await agent.admit(ground.environment);
      const view = (await agent.state()).environments.find((one) => one.environment === ground.environment);
      const mine = troubles.get(run) ?? new Map<string, string>();
      troubles.set(run, mine);
      const starting = new Map(effects.flatMap((one) => (one.effect === "start" ? [[one.service, one.revision] as const] : [])));
      let failure: unknown;
      for (const effect of effects) {
        if (latest.get(run) !== fence) throw overtaken(ground.environment);
        signal.throwIfAborted();
        try {
          await carryOutOne(effect, { run, agent, view, ground, troubles: mine, starting });
        } catch (error) {
          if (error instanceof GantryError && error.code === "fenced-off") throw error;
          failure ??= error;
        }
      }
      if (failure !== undefined) throw failure;
    },

    forget(run) {
      latest.delete(run);
      troubles.delete(run);
      tasks.forget(run);
    },
  };

  async function carryOutOne(
    effect: Effect,
    at: {
      readonly run: string;
      readonly agent: AgentClient;
      readonly view: EnvironmentView | undefined;
      readonly ground: Ground;
      readonly troubles: Map<string, string>;
      /** What is to run of each service. */
      readonly starting: ReadonlyMap<string, string>;
    },
  ): Promise<void> {
    const { run, agent, view, ground } = at;
    const { environment } = ground;
    const service = "service" in effect ? view?.services.find((one) => one.service === effect.service) : undefined;
    const revision = "revision" in effect ? service?.revisions.find((one) => one.revision === effect.revision) : undefined;
    switch (effect.effect) {
      case "start":
        return start(effect, revision, at);
      case "route": {
        const split = splitOf(effect);
        if (service !== undefined && sameSplit(service, split)) return;
        return agent.split(environment, effect.service, split);
      }
      case "rest":
        if (ground.atTimes.has(effect.service)) {
          putAway.add(`${environment}/${effect.service}/${effect.revision}`);
          return;
        }
        if (revision === undefined || revision.resting === true) return;
        await handOver(agent, environment, service, { from: effect.revision, to: at.starting.get(effect.service) });
        return begin(`${environment}/${effect.service}/${effect.revision}`, () =>
          agent.rest(environment, effect.service, effect.revision),
        );
      case "remove":
        if (revision === undefined) return;
        await handOver(agent, environment, service, { from: effect.revision, to: at.starting.get(effect.service) });
        return begin(`${environment}/${effect.service}/${effect.revision}`, () =>
          agent.removeRevision(environment, effect.service, effect.revision),
        );
      case "task":
        return tasks.start(run, effect.task.id, ground.workOf(effect.task));
      case "cancel":
        return begin(`${run}/${effect.task}`, () => tasks.cancel(run, effect.task));
      case "serving":
        // What listens to nobody is routed by nobody: here it is said whose work it does.
        if (service !== undefined && service.port === undefined && !ground.atTimes.has(effect.service)) {
          const split: Split = { shares: [{ revision: effect.revision, weight: 100 }], tags: {} };
          if (revision !== undefined && !sameSplit(service, split)) await agent.split(environment, effect.service, split);
        }
        return ground.serving(effect.service, effect.revision);
      case "taken back":
        return ground.takenBack(effect.service, effect.revision, effect.to);
    }
  }

  async function start(
    { service, revision, replicas }: Extract<Effect, { effect: "start" }>,
    seen: RevisionView | undefined,
    {
      agent,
      ground,
      troubles: mine,
    }: { readonly agent: AgentClient; readonly ground: Ground; readonly troubles: Map<string, string> },
  ): Promise<void> {
    const { environment } = ground;
    const subject = `${service}/${revision}`;
    const key = `${environment}/${subject}`;
    const isJob = ground.atTimes.has(service);
    putAway.delete(key);
    // One that has failed is not started again and again under the eyes of whoever has to decide.
    const runs = seen !== undefined && (isJob || seen.resting !== true);
    const last = asked.get(key);
    // Where there was no room for all of them there may be by now.
    const hasAll = replicas === undefined || seen === undefined || seen.wanted >= replicas;
    const isFresh = last !== undefined && last.replicas === replicas && hasAll && performance.now() - last.atMs < againAfterMs;
    if (runs && (isJob || seen.state === "failed" || (isFresh && seen.state !== "idle"))) return;
    const spec = await ground.specOf(service, revision);
    if (spec === undefined) {
      mine.set(subject, "nobody knows any more what it is");
      return;
    }
    try {
      if (isJob) await agent.keepForJobs(environment, service, spec);
      else await agent.putRevision(environment, service, spec, { awakeMs, ...(replicas === undefined ? {} : { replicas }) });
      asked.set(key, { replicas, atMs: performance.now() });
      mine.delete(subject);
    } catch (error) {
      // What is being drained makes room in a moment: nothing has failed, and the next look asks again.
      if (error instanceof GantryError && error.code === "no-room-yet") return;
      if (error instanceof GantryError && error.code !== "fenced-off" && error.code !== "not-reachable")
        mine.set(subject, error.hint === undefined ? error.message : `${error.message}: ${error.hint}`);
      throw error;
    }
  }
}

/** Nothing is routed to what listens to nobody; who does its work is written down all the same, and changes before the one before rests. */
async function handOver(
  agent: AgentClient,
  environment: string,
  service: ServiceView | undefined,
  { from, to }: { readonly from: string; readonly to: string | undefined },
): Promise<void> {
  if (service === undefined || service.port !== undefined || !service.split.shares.some(({ revision }) => revision === from))
    return;
  const known = to !== undefined && to !== from && service.revisions.some(({ revision }) => revision === to);
  await agent.split(environment, service.service, { shares: known ? [{ revision: to, weight: 100 }] : [], tags: {} });
}

function splitOf({ shares, tags, salt }: Extract<Effect, { effect: "route" }>): Split {
  return {
    // Whoever has no share cannot be asked for by its name either.
    shares: shares
      .filter((one) => one.weightPercent > 0)
      .map(({ revision, weightPercent }) => ({ revision, weight: weightPercent })),
    tags,
    ...(salt === undefined ? {} : { sticky: { salt } }),
  };
}

function sameSplit({ split }: ServiceView, wanted: Split): boolean {
  const text = ({ shares, tags, sticky }: Split) =>
    [
      ...shares.map(({ revision, weight }) => `${revision} ${weight}`),
      ...Object.entries(tags).map(([tag, revision]) => `${tag}=${revision}`),
      `salt ${sticky?.salt ?? ""}`,
    ]
      .toSorted()
      .join("\n");
  return text(split) === text(wanted);
}

function isBefore(one: Fence, other: Fence): boolean {
  return one.epoch < other.epoch || (one.epoch === other.epoch && one.sequence < other.sequence);
}

function overtaken(environment: string): GantryError {
  return new GantryError("fenced-off", `somebody else has changed ${environment} since`, {
    hint: "look at it again with gantry status",
  });
}
