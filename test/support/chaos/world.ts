import type { Effect } from "../../../src/delivery/effect.ts";
import type { Question } from "../../../src/delivery/gates/question.ts";
import type { Observed } from "../../../src/delivery/observed.ts";
import { createJsonServer } from "../../../src/system/json-server.ts";
import type { Fence } from "../../../src/wire/machine.ts";
import { type SimulatedTarget, createSimulatedTarget } from "../../../src/rehearse/world/simulated-target.ts";
import { type Scenario, answerOf } from "./scenarios.ts";

// Environments that releases go to, served to other processes over a socket: each takes what bears a number no lower than one that it has
// seen, refuses the rest, and remembers what was changed by whom.

export type Told = { readonly environment: string; readonly effects: readonly Effect[]; readonly fence: Fence };
export type Looked = { readonly environment: string; readonly questions: readonly Question[] };

export type Place = {
  readonly scenario: Scenario;
  readonly target: SimulatedTarget;
  /** What came about, in order; what was said again changed nothing and is not here. */
  readonly changes: string[];
  fence: Fence;
};

export type World = ReturnType<typeof createWorld>;

export function createWorld() {
  const beganMs = performance.now();
  const places = new Map<string, Place>();
  const refused: Told[] = [];
  const taken: { readonly environment: string; readonly fence: Fence; readonly atMs: number }[] = [];
  const placeOf = (environment: string): Place => {
    const found = places.get(environment);
    if (found === undefined) throw new Error(`there is no ${environment}`);
    found.target.pass(performance.now() - beganMs);
    return found;
  };

  return {
    refused,
    taken,
    placeOf,

    add(environment: string, scenario: Scenario): void {
      const { changes, behaviours = {}, failingTask } = scenario;
      const target = createSimulatedTarget({
        serving: Object.fromEntries(
          changes.map(({ service, from, replicas }) => [
            service,
            { replicas, ...(from === undefined ? {} : { revision: from }) },
          ]),
        ),
        behaviours: {
          ...Object.fromEntries(changes.flatMap(({ from, to }) => [from ?? to, to].map((one) => [one, { readyAfterMs: 40 }]))),
          ...behaviours,
        },
        tasks: (id) => ({ lastsMs: 30, state: failingTask !== undefined && id.endsWith(failingTask) ? "failed" : "passed" }),
      });
      target.pass(performance.now() - beganMs);
      places.set(environment, { scenario, target, changes: [], fence: { epoch: 0, sequence: 0 } });
    },

    look({ environment, questions }: Looked): Observed {
      const { scenario, target } = placeOf(environment);
      const [services, nowMs] = [target.services(), Date.now()];
      return { ...target.observe(questions, (question) => answerOf(scenario, { question, services, nowMs })), atMs: nowMs };
    },

    /** False where somebody newer was here. */
    tell(told: Told): boolean {
      const { environment, effects, fence } = told;
      const place = placeOf(environment);
      const { epoch, sequence } = place.fence;
      if (fence.epoch < epoch || (fence.epoch === epoch && fence.sequence < sequence)) {
        refused.push(told);
        return false;
      }
      place.fence = fence;
      taken.push({ environment, fence, atMs: Date.now() });
      for (const effect of effects) {
        const before = stateOf(place.target);
        place.target.carryOut([effect]);
        if (before !== stateOf(place.target)) place.changes.push(changeText(effect));
      }
      return true;
    },
  };
}

/** All of it that an effect can change. */
function stateOf(target: SimulatedTarget): string {
  const services = Object.entries(target.services()).map(([service, { shares, revisions }]) => [
    service,
    shares,
    Object.entries(revisions).map(([name, { state, wanted }]) => [name, state === "idle", wanted]),
  ]);
  return JSON.stringify([services, target.begun()]);
}

function changeText(effect: Effect): string {
  switch (effect.effect) {
    case "start":
      return `${effect.service}: ${effect.revision} runs${effect.replicas === undefined ? "" : ` × ${effect.replicas}`}`;
    case "route":
      return `${effect.service}: ${effect.shares.map(({ revision, weightPercent }) => `${revision} ${weightPercent}%`).join(", ")}`;
    case "rest":
    case "remove":
      return `${effect.service}: ${effect.revision} rests`;
    case "task":
      return `task ${effect.task.id.split("/").slice(1).join("/")}`;
    case "cancel":
      return `cancel ${effect.task.split("/").slice(1).join("/")}`;
    case "serving":
    case "taken back":
      return effect.effect;
  }
}

/** The same for other processes: many looks or deeds in one request. */
export async function serveWorld(world: World, socket: string): Promise<() => Promise<void>> {
  const server = createJsonServer([
    { method: "POST", path: "/looks", answer: ({ body }) => (body["all"] as Looked[]).map((one) => world.look(one)) },
    { method: "POST", path: "/told", answer: ({ body }) => (body["all"] as Told[]).map((one) => world.tell(one)) },
  ]);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return () =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
}
