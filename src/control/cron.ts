import { Cron } from "croner";
import { durationMs } from "../lib/quantities.ts";
import type { Environment } from "../spec/environment.ts";
import type { Platform } from "./platform.ts";

// Jobs at their times, in UTC. A run is named after the moment it was due, so that the same one is never started twice.

export function nextRun(schedule: string, after = new Date()): Date | undefined {
  return new Cron(schedule, { timezone: "UTC", paused: true }).nextRun(after) ?? undefined;
}

export type CronJobs = { set(key: string, environment: Environment): void; remove(key: string): void; stop(): void };

export function createCronJobs(platform: Platform): CronJobs {
  const jobs = new Map<string, readonly Cron[]>();
  const waiting = new Set<string>();

  const remove = (key: string) => {
    for (const job of jobs.get(key) ?? []) job.stop();
    jobs.delete(key);
  };

  async function due(key: string, environment: Environment, service: string, at: Date): Promise<void> {
    const { agent, store } = platform;
    const { product } = environment;
    const about = environment.services[service];
    const view = (await agent.state()).environments.find((one) => one.environment === key);
    const revisions = await store.revisions(product, key);
    const serving = revisions.find((one) => one.service === service && one.servingSince !== null && one.retiredAt === null);
    if (!view || !serving || !about) return;
    const running = view.jobs.find((one) => one.service === service && one.endedAt === undefined);
    const event = (kind: string, data: unknown) =>
      store.addEvent({ product, environment: key, kind, actor: "schedule", subject: service, data });
    if (running && (about.overlap ?? "skip") === "skip")
      return event("job.skipped", { run: running.run, reason: "the last one still runs" });
    // One waits, and no more than one: what comes due meanwhile is the same work.
    if (running && about.overlap === "wait") {
      if (waiting.has(`${key}/${service}`)) return event("job.skipped", { run: running.run, reason: "one waits already" });
      waiting.add(`${key}/${service}`);
      setTimeout(() => {
        waiting.delete(`${key}/${service}`);
        void due(key, environment, service, at).catch(() => {});
      }, 1_000).unref();
      return;
    }
    const run = `${service}-${at.toISOString().slice(0, 19).replaceAll(/[:T]/g, "-").toLowerCase()}`;
    await agent.runJob(key, {
      run,
      service,
      revision: serving.revision,
      ...(about.limit === undefined ? {} : { limitMs: durationMs(about.limit) }),
    });
    await event("job.started", { run });
  }

  return {
    set(key, environment) {
      remove(key);
      const set = Object.entries(environment.services).flatMap(([service, { schedule, here }]) =>
        schedule === undefined || here === undefined
          ? []
          : [
              new Cron(schedule, { timezone: "UTC", unref: true, catch: true }, (job: Cron) =>
                due(key, environment, service, job.currentRun() ?? new Date()),
              ),
            ],
      );
      if (set.length > 0) jobs.set(key, set);
    },
    remove,
    stop() {
      for (const key of jobs.keys()) remove(key);
    },
  };
}
