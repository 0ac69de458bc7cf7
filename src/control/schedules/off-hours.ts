import { nextAfter } from "../../lib/cron.ts";
import type { Environment } from "../../spec/environment.ts";
import type { ScheduleTime } from "../../store/schedules.ts";
import { closeEnvironmentDatabase, openEnvironmentDatabase } from "../../targets/local/providers/postgres.ts";
import type { Platform } from "../platform.ts";
import type { Handler } from "./scheduler.ts";

type About = {
  readonly does: "stop" | "start";
  /** As `resources.db`, `services.api`. */
  readonly what: readonly string[];
  /** The times at which it is undone. */
  readonly other: string;
};

const releaseMs = 60_000;

/** Stops and starts what an environment says rests out of office hours. Both say how it should be: done again, they change nothing. */
export function offHoursHandler(
  { agent, store, place }: Pick<Platform, "agent" | "store" | "place">,
  {
    oneAtATime,
    nowMs,
  }: { readonly oneAtATime: <T>(key: string, work: () => Promise<T>) => Promise<T>; readonly nowMs: () => number },
): Handler {
  const stopService = async (key: string, service: string): Promise<void> => {
    const view = (await agent.state()).environments.find((one) => one.environment === key);
    const revisions = view?.services.find((one) => one.service === service)?.revisions ?? [];
    if (revisions.length > 0) await agent.split(key, service, { shares: [], tags: {} });
    for (const { revision } of revisions) await agent.rest(key, service, revision);
  };
  const startService = async (product: string, key: string, service: string): Promise<void> => {
    const revisions = await store.revisions(product, key);
    const serving = revisions.find((one) => one.service === service && one.servingSince !== null && one.retiredAt === null);
    if (serving === undefined) return;
    await agent.wake(key, service, serving.revision);
    const view = (await agent.state()).environments.find((one) => one.environment === key);
    // What was never routed to, as a worker, is not routed to now.
    if (view?.services.find((one) => one.service === service)?.port !== undefined)
      await agent.split(key, service, { shares: [{ revision: serving.revision, weight: 100 }], tags: {} });
  };

  const work = async ({ product, environment: key, due, about }: ScheduleTime, row: { readonly data: unknown }) => {
    const { does, what } = about as About;
    const environment = row.data as Environment;
    const named = (collection: string) =>
      what.flatMap((ref) => (ref.startsWith(`${collection}.`) ? [ref.slice(collection.length + 1)] : []));
    const databases = named("resources").filter((name) => environment.resources[name]?.kind === "postgres");
    const services = named("services");
    const left = named("resources").filter((name) => !databases.includes(name));
    // Whoever uses something goes before it, and comes after it.
    if (does === "stop") for (const service of services) await stopService(key, service);
    for (const name of databases)
      await (does === "stop" ? closeEnvironmentDatabase : openEnvironmentDatabase)(place.postgres, environment, { key, name });
    if (does === "start") for (const service of services) await startService(product, key, service);
    const done = [...services, ...databases];
    const because = `${does === "stop" ? "stopped" : "started"} ${done.join(", ") || "nothing"}${left.length > 0 ? `; ${left.join(", ")} cannot rest here` : ""}`;
    const event = { kind: `off-hours.${does === "stop" ? "begun" : "ended"}`, subject: key, data: { due, what: done } };
    return { is: "done", because, event } as const;
  };

  return (time) =>
    oneAtATime(time.environment, async () => {
      const { product, environment: key, due } = time;
      const { does, other } = time.about as About;
      const row = (await store.environments(product)).find((one) => one.name === key);
      if (row?.state !== "up") return { is: "skipped", because: "the environment is not up" };
      const undone = nextAfter(other, due);
      if (undone !== undefined && undone.getTime() <= nowMs())
        return { is: "skipped", because: `the next time, ${undone.toISOString()}, has come too` };
      if (does === "stop" && row.changedAt > due) return { is: "skipped", because: "somebody has brought it up since" };
      const release = await store.runs.alone(product, key);
      if (release !== undefined)
        return { is: "again", afterMs: releaseMs, because: `${release.kind} ${release.id} is under way` };
      return work(time, row);
    });
}
