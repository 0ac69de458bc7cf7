import { beginRelease } from "../../../src/delivery/begin-release.ts";
import type { Answer } from "../../../src/delivery/gate.ts";
import type { Question } from "../../../src/delivery/gates/question.ts";
import type { Observed } from "../../../src/delivery/observed.ts";
import type { Change, Release } from "../../../src/delivery/release.ts";
import { canary, changeOf, errorsAbove, healthOf, migrate, migrated, planOf, smoke, snapshot } from "../delivery/plans.ts";
import type { Behaviour } from "../../../src/rehearse/world/behaviour.ts";

// Releases of every strategy, some good and some not, in seconds instead of hours.

export type Scenario = {
  readonly name: string;
  readonly strategy: Readonly<Record<string, unknown>>;
  readonly changes: readonly Change[];
  readonly behaviours?: Readonly<Record<string, Behaviour>>;
  /** Tasks whose id ends so fail. */
  readonly failingTask?: string;
  /** Gates whose id holds this fail while the new revision has a share. */
  readonly failingGate?: string;
  readonly endsAs: "healthy" | "degraded";
};

/** Minutes are tenths of a second. */
const speed = 600;
const [api, web, jobs] = [changeOf("api"), changeOf("web"), changeOf("jobs")];
const healthy = healthOf("api", { tries: 5, every: "1s", inARow: 2 });
const all = { rollbackWindow: "1m", rollbackOn: [errorsAbove] };
const steps = [
  { to: "5%", bake: "1m" },
  { to: "50%", bake: "1m" },
];
const prepared = { before: [snapshot, migrate], requires: [migrated] };

export const scenarios: readonly Scenario[] = [
  {
    name: "canary",
    strategy: { ...canary, ...all, ...prepared, steps, after: [healthy, smoke] },
    changes: [api, jobs],
    endsAs: "healthy",
  },
  {
    name: "canary whose smoke tests fail",
    strategy: { ...canary, ...all, steps, after: [smoke] },
    changes: [api],
    failingTask: "smoke",
    endsAs: "degraded",
  },
  {
    name: "canary whose requests fail",
    strategy: { ...canary, ...all, ...prepared, steps, after: [healthy] },
    changes: [api, jobs],
    failingGate: "watch",
    endsAs: "degraded",
  },
  {
    name: "blue-green",
    strategy: { strategy: "blue-green", ...all, ...prepared, retireAfter: "2m", after: [healthy, smoke] },
    changes: [api, web],
    endsAs: "healthy",
  },
  {
    name: "blue-green whose preview is not healthy",
    strategy: { strategy: "blue-green", ...all, after: [healthy, smoke] },
    changes: [api, web],
    failingGate: "health",
    endsAs: "degraded",
  },
  { name: "rolling", strategy: { strategy: "rolling", ...all, ...prepared, surge: 1 }, changes: [api, web], endsAs: "healthy" },
  {
    name: "rolling whose second service crashes",
    strategy: { strategy: "rolling", ...all, surge: 1 },
    changes: [api, web],
    behaviours: { "web-2": { readyAfterMs: 40, crashesAfterMs: 1, givesUpAfter: 1 } },
    endsAs: "degraded",
  },
  {
    name: "recreate",
    strategy: { strategy: "recreate", ...all, ...prepared, after: [healthy] },
    changes: [api, jobs],
    endsAs: "healthy",
  },
  {
    name: "recreate whose new version is not healthy",
    strategy: { strategy: "recreate", ...all, after: [healthy] },
    changes: [api],
    failingGate: "health",
    endsAs: "degraded",
  },
  {
    name: "canary whose migration fails",
    strategy: { ...canary, ...all, ...prepared, steps },
    changes: [api],
    failingTask: "migrate db",
    endsAs: "degraded",
  },
];

/** Each of them in an environment that is called as it is. */
export function releaseOf({ strategy, changes }: Scenario, id: string, nowMs = Date.now()): Release {
  const startedBy = { kind: "person", name: "ada" } as const;
  // None of them is about what never gets ready, and hundreds of them at once on a busy machine are slow.
  const plan = { ...planOf(strategy, changes, speed), readyDeadlineMs: 600_000 };
  return beginRelease({ id, product: "shop", environment: id, startedBy, changes, plan, nowMs });
}

/** What a gate is told of a revision; it is good unless the scenario says otherwise. */
export function answerOf(
  { failingGate, changes }: Scenario,
  { question, services, nowMs }: { readonly question: Question; readonly services: Observed["services"]; readonly nowMs: number },
): Answer | undefined {
  if (question.ask !== "gate" && question.ask !== "health") return undefined;
  const isNewSeen = changes.some(({ service, to }) =>
    services[service]?.shares.some(({ revision, weightPercent }) => revision === to && weightPercent > 0),
  );
  const isBad = failingGate !== undefined && question.id.includes(failingGate) && (isNewSeen || !question.id.startsWith("watch"));
  return { verdict: isBad ? "fail" : "pass", because: isBad ? "it is not well" : "it is well", atMs: nowMs };
}
