import type { Effect } from "../../delivery/effect.ts";
import type { Answer } from "../../delivery/gate.ts";
import { questionsOf } from "../../delivery/gates/questions-of.ts";
import type { Observed } from "../../delivery/observed.ts";
import type { Release } from "../../delivery/release.ts";
import { releaseMachine } from "../../delivery/release-machine.ts";
import { createRecent } from "../../lib/recent.ts";
import { agentClient } from "../../targets/local/agent-client.ts";
import { type Ground, createReleaseTarget } from "../../targets/local/release/release-target.ts";
import type { Tasks } from "../../targets/local/release/tasks.ts";
import type { RevisionSpec } from "../../wire/machine.ts";
import type { Driver } from "../engine/driver.ts";
import type { Platform } from "../platform.ts";
import type { Watch } from "../watching/watch.ts";
import { answerTo } from "./answers/answer.ts";
import { type Material, materialOf } from "./material.ts";
import { taskWork } from "./task-work.ts";

/** Releases on the machines of this platform. */
export function releaseDriver(
  platform: Platform,
  watch: Watch,
  tasks: Tasks,
  onError: (error: unknown) => void,
): Driver<Release, Observed, Effect> {
  const { store, agent, place } = platform;
  const target = createReleaseTarget({
    tasks,
    agent,
    agentWith: (fence) => agentClient(place.agentSocket, () => fence),
  });

  /** What each release was last told to write down as serving. */
  const served = createRecent<string>(1_000);

  /** Said at every look, written down once; what another has written meanwhile is looked at the first time. */
  async function serves(run: Release, service: string, revision: string): Promise<void> {
    const key = `${run.id}/${service}`;
    if (served.get(key) === revision) return;
    const serving = (await store.revisions(run.product, run.environment)).find(
      (one) => one.service === service && one.servingSince !== null && one.retiredAt === null,
    );
    if (serving?.revision !== revision) await store.setServing(run.product, run.environment, service, revision);
    served.set(key, revision);
  }

  const groundOf = (run: Release, material: Material): Ground => ({
    environment: run.environment,
    atTimes: new Set(
      Object.entries(material.environment.services)
        .filter(([, { kind }]) => kind === "cron")
        .map(([name]) => name),
    ),
    specOf: async (service, revision) => {
      const kept = await store.releases.revisionKept(run.product, run.environment, service, revision);
      return kept === undefined ? undefined : wholeSpec(kept.spec);
    },
    serving: (service, revision) => serves(run, service, revision),
    async takenBack(service, revision, to) {
      if (served.get(`${run.id}/${service}`) === to) return;
      await store.releases.takenBack(run.product, run.environment, service, revision);
      await serves(run, service, to);
    },
    workOf: (task) => taskWork(platform, run, material, task),
  });

  return {
    machine: releaseMachine,

    async observe(run, nowMs, signal) {
      const nothing: Observed = { atMs: nowMs, services: {}, traffic: {}, answers: {}, tasks: {} };
      try {
        const material = await materialOf(store, run.id);
        if (material === undefined) return nothing;
        const seen = await target.observe(
          { id: run.id, services: run.changes.map(({ service }) => service) },
          groundOf(run, material),
        );
        const look = { release: run, material, store, watch: watch.of(run.environment), nowMs };
        const asking = { look, platform, view: seen.view, tasks: seen.tasks, signal };
        const asked = questionsOf(run, nowMs).filter((one) => one.ask === "gate" || one.ask === "health");
        const answers: Record<string, Answer> = {};
        const all = Promise.all(
          asked.map(async (question) => {
            const answer = await answerTo(question, asking).catch((error: unknown) => {
              if (!signal.aborted) onError(error);
            });
            if (answer !== undefined) answers[question.id] = answer;
          }),
        );
        await untilAborted(all, signal);
        return { atMs: nowMs, services: seen.services, traffic: seen.traffic, tasks: seen.tasks, answers: { ...answers } };
      } catch (error) {
        onError(error);
        return nothing;
      }
    },

    async carryOut(run, effects, fence, signal) {
      const material = await materialOf(store, run.id);
      if (material === undefined) return;
      await target.carryOut(run.id, effects, fence, groundOf(run, material), signal);
    },
  };
}

/** Until it is done, or nobody waits any longer. */
function untilAborted(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      signal.removeEventListener("abort", end);
      resolve();
    };
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    work.then(end, (error: unknown) => {
      signal.removeEventListener("abort", end);
      reject(error);
    });
  });
}

/** What an earlier Gantry wrote down lacks what it takes to start it again. */
function wholeSpec(stored: unknown): RevisionSpec | undefined {
  const spec = stored as Partial<RevisionSpec>;
  return spec.env === undefined || spec.command === undefined ? undefined : (spec as RevisionSpec);
}
