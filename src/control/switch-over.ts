import { routeTo, startRevision } from "../targets/local/deploy.ts";
import { forgetOld } from "./old-revisions.ts";
import type { EnvironmentView, RevisionSpec } from "../wire/machine.ts";
import type { Platform } from "./platform.ts";
import type { BringUp, Named, Step } from "./bring-up.ts";

/** Whether the agent has had this revision before. */
export function knows(before: EnvironmentView | undefined, service: string, revision: string): boolean {
  return before?.services.find((one) => one.service === service)?.revisions.some((one) => one.revision === revision) ?? false;
}

/** Starts what is new, gives it the traffic when it is ready, and puts the old to rest. */
export async function deployAll(
  platform: Platform,
  { key, environment, signal, tell, early = false }: BringUp,
  {
    specs,
    running,
    before,
    step,
  }: {
    readonly specs: ReadonlyMap<string, RevisionSpec>;
    readonly running: Named;
    readonly before: EnvironmentView | undefined;
    readonly step: Step;
  },
): Promise<Set<string>> {
  const { agent, store } = platform;
  const changed = new Set<string>();
  const later: (() => Promise<void>)[] = [];
  const waiting: (readonly [service: string, revision: string])[] = [];
  const failures: unknown[] = [];
  await Promise.all(
    running.map(async ([service]) => {
      const spec = specs.get(service);
      if (spec === undefined) return;
      const view = before?.services.find((one) => one.service === service);
      const serves = view?.split.shares.length === 1 && view.split.shares[0]?.revision === spec.revision;
      const state = view?.revisions.find((one) => one.revision === spec.revision)?.state;
      if (serves && (state === "ready" || state === "idle")) return;
      changed.add(service);
      const since = performance.now();
      if (early && (view?.split.shares.length ?? 0) === 0) {
        await agent.putRevision(key, service, spec);
        await routeTo(agent, key, service, spec.revision);
        return;
      }
      tell({ kind: "begun", environment: key, subject: service, doing: "starts" });
      try {
        await startRevision(agent, { environment: key, service, ...(signal ? { signal } : {}) }, spec);
        step(service, "ready", since);
        const route = () => routeTo(agent, key, service, spec.revision);
        // What nobody serves yet is given over at once: others may wait for it. The rest changes hands together.
        if ((view?.split.shares.length ?? 0) === 0) await route();
        else {
          later.push(route);
          waiting.push([service, spec.revision]);
        }
      } catch (error) {
        failures.push(error);
        await agent.removeRevision(key, service, spec.revision).catch(() => {});
      }
    }),
  );
  if (failures.length > 0) {
    // All or nothing: what got ready and serves nobody yet does not stay behind.
    await Promise.all(waiting.map(([service, revision]) => agent.removeRevision(key, service, revision).catch(() => {})));
    throw failures[0];
  }
  for (const route of later) await route();
  await Promise.all(
    running.map(async ([service]) => {
      const spec = specs.get(service);
      if (spec === undefined || !changed.has(service)) return;
      await store.setServing(environment.product, key, service, spec.revision);
      const there = (before?.services.find((one) => one.service === service)?.revisions ?? []).map((one) => one.revision);
      await Promise.all(there.filter((one) => one !== spec.revision).map((revision) => agent.rest(key, service, revision)));
      const now = (await agent.state()).environments.find((one) => one.environment === key);
      await forgetOld(platform, { product: environment.product, key, service }, now, new Set([spec.revision]));
    }),
  );
  return changed;
}
