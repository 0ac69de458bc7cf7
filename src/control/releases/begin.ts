import type { Expectation } from "../../delivery/compare/expected.ts";
import { describePlan } from "../../delivery/words/describe-plan.ts";
import { beginRetry, whyNotRetry } from "../../delivery/begin-release.ts";
import type { Gate, Answer } from "../../delivery/gate.ts";
import type { Command } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";
import { ConflictError } from "../../lib/errors.ts";
import type { Environment } from "../../spec/environment.ts";
import { servicesOf } from "../../targets/local/deploy.ts";
import { routesOf } from "../../targets/local/routes.ts";
import { exclusionsOf, traceShareOf } from "../../signals/logs/exclusions.ts";
import type { Control } from "../control.ts";
import { forgetOld } from "../old-revisions.ts";
import { portsFor } from "../ports.ts";
import { addressesOf } from "../revisions.ts";
import { schedulesOf } from "../schedules/wanted.ts";
import { answerTo } from "./answers/answer.ts";
import { migrationsNow } from "./answers/migrations-now.ts";
import { expectationsNow } from "./expectations.ts";
import { freezesNow } from "./freezes.ts";
import { type Asked, type Made, makeRelease, newId, rowOf, servingOf } from "./make-release.ts";
import type { Material } from "./material.ts";
import { type Forced, obstacleOf, obstacleText, refuseMovedOn, type WayBack } from "./way-back.ts";

export type Begun = {
  readonly release: Release;
  readonly unchanged: readonly string[];
  /** The plan as a sentence. */
  readonly says: string;
  /** What it will see of the traffic, at the present rate. */
  readonly expects: readonly Expectation[];
};

/** What would be done, and what the gates would say now that need no new revision. Nothing that serves is touched. */
export async function planRelease(
  control: Control,
  asked: Asked,
): Promise<Begun & { readonly answers: Readonly<Record<string, Answer>> }> {
  const made = await makeRelease(control.platform, asked);
  const migrations = await migrationsNow(control.platform, made, Date.now());
  const answers = { ...migrations, ...(await movedOnNow(control, asked, made)), ...(await answersNow(control, made)) };
  return { ...(await begunOf(control, made)), answers };
}

/** Makes a release, writes it down, and leaves it to the engine. */
export async function startRelease(control: Control, asked: Asked, forced?: Forced): Promise<Begun> {
  const { platform, engine } = control;
  const { environment } = asked;
  await refuseHeld(control, environment.product, environment.environment);
  await refuseFrozen(control, environment, environment.environment, "release");
  const made = await makeRelease(platform, asked);
  const begun = await begunOf(control, made);
  if (made.release.changes.length === 0) return begun;
  await refuseMovedOn(platform, wayBackOf(asked, made), forced);
  if (made.release.plan.steps.some(({ does }) => does.some(({ step }) => step === "migrate")))
    await refuseFrozen(control, environment, environment.environment, "migrate");
  await platform.store.releases.putMaterial(made.release.id, environment.product, environment.environment, made.material);
  // What the spec allows holds before anything is started by it.
  await takeConfiguration(control, environment);
  await engine.begin(made.release);
  const view = (await platform.agent.state()).environments.find((one) => one.environment === environment.environment);
  for (const { service, from, to } of made.release.changes) {
    const needed = new Set([to, ...(from === undefined ? [] : [from])]);
    await forgetOld(platform, { product: environment.product, key: environment.environment, service }, view, needed);
  }
  return begun;
}

/** What is released may be older than its database: an earlier revision, a tag, a folder of somebody who was away. */
function wayBackOf({ environment }: Asked, { release, came }: Made): WayBack {
  const to = release.changes.map((change) => {
    const comes = came[change.service];
    return { service: change.service, revision: change.to, ...(comes === undefined ? {} : { came: comes }) };
  });
  return { product: release.product, key: release.environment, environment, to };
}

async function movedOnNow({ platform }: Control, asked: Asked, made: Made): Promise<Readonly<Record<string, Answer>>> {
  const obstacle = await obstacleOf(platform, wayBackOf(asked, made));
  return obstacle === undefined ? {} : { "moved on": { verdict: "fail", because: obstacleText(obstacle), atMs: Date.now() } };
}

async function begunOf(control: Control, { release, unchanged, material }: Made): Promise<Begun> {
  const expects = await expectationsNow(control, release, material.environment);
  return { release, unchanged, says: describePlan(release.plan), expects };
}

export async function refuseHeld({ platform }: Pick<Control, "platform">, product: string, key: string): Promise<void> {
  const other = await platform.store.runs.alone(product, key);
  if (other === undefined) return;
  throw new ConflictError("under-way", `${other.kind} ${other.id} is under way in ${key}`, {
    hint: `gantry rollout status ${other.id} -w shows it; gantry rollout abort ${other.id} takes it back`,
  });
}

export async function refuseFrozen(
  { platform }: Pick<Control, "platform">,
  environment: Environment,
  key: string,
  action: "release" | "migrate" | "rollback",
): Promise<void> {
  const at = { product: environment.product, key, ofSpec: environment.freezes };
  const [frozen] = (await freezesNow(platform.store, at, action, Date.now())).frozen;
  if (frozen === undefined) return;
  throw new ConflictError(
    "frozen",
    `${frozen.name} stops ${action === "migrate" ? "migrations of" : `a ${action} to`} ${key} until ${frozen.until ?? "it is ended"}: ${frozen.because}`,
    {
      hint:
        frozen.id === undefined
          ? `wait for its end, or gantry freeze lift ${JSON.stringify(frozen.name)} --env ${key} --for 1h --because "…"`
          : `wait for its end, or gantry freeze end ${frozen.id} --env ${key}`,
    },
  );
}

/** From now on the environment is what the spec says of it, as it is after `up`: what watches it, what runs at its times, its hosts. */
async function takeConfiguration({ platform, scheduler, watch }: Control, environment: Environment): Promise<void> {
  const { store, agent } = platform;
  const key = environment.environment;
  const { product } = environment;
  const row = await rowOf(platform, product, key);
  const machine = await agent.state();
  const ports = portsFor(
    row.ports,
    machine.environments.find((one) => one.environment === key),
  );
  const services = await addressesOf(servicesOf(environment).running, { key, ports, gatewayPort: machine.gatewayPort });
  await agent.route(key, {
    routes: routesOf(environment, key, [...services.keys()]),
    ports: Object.fromEntries([...services].map(([name, { port }]) => [name, port])),
    ...(environment.limits?.pods === undefined ? {} : { mostReplicas: environment.limits.pods }),
    unlogged: exclusionsOf(environment),
    traceShare: traceShareOf(environment),
  });
  await store.putEnvironment({ product, name: key, data: environment, speed: row.speed, ports: ports.all(), state: "up" });
  await scheduler.set(product, key, schedulesOf(environment));
  await watch.set(key, environment, row.speed);
}

/** What needs a new revision, a person or time cannot be told beforehand. */
type AskableNow = Exclude<Gate, { gate: "health" | "smoke" | "compare" | "approval" | "migrated" | "alerts" }>;

async function answersNow({ platform, watch }: Control, { release, material }: Made): Promise<Readonly<Record<string, Answer>>> {
  const look = { release, material, store: platform.store, watch: watch.of(release.environment), nowMs: Date.now() };
  const answers: Record<string, Answer> = {};
  for (const step of release.plan.steps) {
    if (step.runs) break;
    for (const gate of step.gates) {
      if (!askable(gate)) continue;
      const question = { ask: "gate", id: gate.id, gate, revisions: {} } as const;
      answers[gate.id] = await answerTo(question, {
        look,
        platform,
        view: undefined,
        tasks: {},
        signal: new AbortController().signal,
      });
    }
  }
  return answers;
}

function askable(gate: Gate): gate is AskableNow {
  return !["health", "smoke", "compare", "approval", "migrated", "alerts"].includes(gate.gate);
}

/** The very same once more, after it was taken back. */
export async function retryRelease(
  control: Control,
  ended: Release,
  material: Material,
  { by, reason }: Pick<Command, "by" | "reason">,
): Promise<Release> {
  const { platform, engine } = control;
  const { product, environment: key, changes } = ended;
  await rowOf(platform, product, key);
  const why = whyNotRetry(ended, Object.fromEntries(await servingOf(platform, product, key)));
  if (why !== undefined)
    throw new ConflictError("not-tried-again", `release ${ended.id}: ${why}`, { hint: "gantry release begins a new one" });
  await refuseHeld(control, product, key);
  const to = changes.map((change) => ({ service: change.service, revision: change.to }));
  await refuseMovedOn(platform, { product, key, environment: material.environment, to }, undefined);
  await refuseFrozen(control, material.environment, key, "release");
  const release = beginRetry(ended, { id: newId(), startedBy: by, why: reason, nowMs: Date.now() });
  await platform.store.releases.putMaterial(release.id, product, key, material);
  await engine.begin(release);
  return release;
}
