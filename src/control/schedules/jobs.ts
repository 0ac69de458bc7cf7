import { durationMs } from "../../lib/quantities.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Platform } from "../platform.ts";
import type { Handler } from "./scheduler.ts";

const waitMs = 1_000;

/** Runs a service at its time. The run is named after the moment it was due, so that the same one is never started twice. */
export function jobHandler({ agent, store }: Pick<Platform, "agent" | "store">): Handler {
  return async (time) => {
    const { product, environment: key, due } = time;
    const { service } = time.about as { readonly service: string };
    const row = (await store.environments(product)).find((one) => one.name === key);
    const about = (row?.data as Environment | undefined)?.services[service];
    const view = (await agent.state()).environments.find((one) => one.environment === key);
    const revisions = await store.revisions(product, key);
    const serving = revisions.find((one) => one.service === service && one.servingSince !== null && one.retiredAt === null);
    if (!view || !serving || !about) return { is: "skipped", because: "the environment is not up" };
    const run = `${service}-${due.toISOString().slice(0, 19).replaceAll(/[:T]/g, "-").toLowerCase()}`;
    const running = view.jobs.find((one) => one.service === service && one.endedAt === undefined && one.run !== run);
    const skipped = (because: string) =>
      ({ is: "skipped", because, event: { kind: "job.skipped", subject: service, data: { run, reason: because } } }) as const;
    if (running && (about.overlap ?? "skip") === "skip") return skipped(`the last one, ${running.run}, still runs`);
    // One waits, and no more than one: what comes due meanwhile is the same work.
    if (running && about.overlap === "wait")
      return (await store.schedules.waitingBefore(time, due)) > 0
        ? skipped("one waits already")
        : { is: "again", afterMs: waitMs, because: `${running.run} still runs` };
    await agent.runJob(key, {
      run,
      service,
      revision: serving.revision,
      ...(about.limit === undefined ? {} : { limitMs: durationMs(about.limit) }),
    });
    return { is: "done", because: `started as ${run}`, event: { kind: "job.started", subject: service, data: { run } } };
  };
}
