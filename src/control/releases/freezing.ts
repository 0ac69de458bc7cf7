import type { Actor } from "../../delivery/machine.ts";
import { type FreezeAction, usuallyStopped } from "../../delivery/freezes.ts";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Platform } from "../platform.ts";
import { whoOf } from "./actor-of.ts";
import { freezesNow, minuteText } from "./freezes.ts";
import { newId, rowOf } from "./make-release.ts";
import { rolesOf } from "./roles.ts";

// Times in which nothing is shipped: those of the spec, those that somebody begins, and those that somebody lifts.

const longestMs = 400 * 86_400_000;
export const freezeActions: readonly FreezeAction[] = ["release", "promote", "migrate", "rollback", "infrastructure"];

export async function freezesView(platform: Platform, product: string, key: string) {
  const environment = (await rowOf(platform, product, key)).data as Environment;
  const at = { product, key, ofSpec: environment.freezes };
  const { frozen, lifted, rows } = await freezesNow(platform.store, at, undefined, Date.now());
  return {
    frozen,
    lifted,
    ofSpec: Object.entries(environment.freezes).map(([name, { from, until, because, stops }]) => ({
      name,
      from,
      until,
      because,
      stops: stops ?? usuallyStopped,
    })),
    begun: rows
      .filter(({ lifts }) => lifts === null)
      .map(({ id, actor, because, from, until, stops }) => ({
        id,
        by: actor,
        because,
        from: from.toISOString(),
        until: until.toISOString(),
        stops,
      })),
  };
}

export type BeginFreeze = {
  readonly product: string;
  readonly key: string;
  readonly by: Actor;
  readonly because: string;
  readonly forMs: number;
  /** That of the spec which is lifted; else it is a freeze of its own. */
  readonly lifts: string | undefined;
  readonly stops: readonly FreezeAction[] | undefined;
};

export async function beginFreeze(platform: Platform, { product, key, by, because, forMs, lifts, stops: asked }: BeginFreeze) {
  const environment = (await rowOf(platform, product, key)).data as Environment;
  if (lifts !== undefined) refuseLift(environment, lifts, by.name);
  const nowMs = Date.now();
  if (!(forMs > 0 && forMs <= longestMs)) throw new UserError("usage", "a freeze has an end", { hint: "as --for 2h" });
  const usual = lifts === undefined ? usuallyStopped : (environment.freezes[lifts]?.stops ?? usuallyStopped);
  const stops = asked ?? usual;
  const freeze = {
    id: newId(),
    environment: key,
    lifts: lifts ?? null,
    stops,
    from: new Date(nowMs),
    until: new Date(nowMs + forMs),
    because: because.slice(0, 500),
    actor: by.name,
  };
  await platform.store.releases.addFreeze(product, freeze);
  await platform.store.addEvent({
    product,
    environment: key,
    kind: lifts === undefined ? "freeze.begun" : "freeze.lifted",
    ...whoOf(by),
    subject: lifts ?? freeze.id,
    because: freeze.because,
    data: { until: freeze.until.toISOString(), stops },
  });
  return { id: freeze.id, until: minuteText(freeze.until.getTime()), stops };
}

export async function endFreeze(
  platform: Platform,
  { product, key, id, by }: { readonly product: string; readonly key: string; readonly id: string; readonly by: Actor },
): Promise<void> {
  if (!(await platform.store.releases.endFreeze(product, key, id)))
    throw new UserError("unknown-freeze", `${key} has no freeze ${JSON.stringify(id)} that somebody has begun`, {
      hint: `gantry freeze list --env ${key} shows them; one of the spec is lifted: gantry freeze lift`,
    });
  await platform.store.addEvent({ product, environment: key, kind: "freeze.ended", ...whoOf(by), subject: id });
}

function refuseLift({ freezes, ...environment }: Environment, name: string, who: string): void {
  const freeze = freezes[name];
  if (freeze === undefined)
    throw new UserError("unknown-freeze", `${environment.environment} has no freeze ${JSON.stringify(name)}`, {
      hint: didYouMean(name, Object.keys(freezes)) ?? "gantry freeze list shows them",
    });
  const role = refName(freeze.overrideBy, "roles");
  if (role === undefined)
    throw new UserError("not-your-role", `nobody may lift ${name}`, { hint: "say overrideBy: a role, in the spec" });
  if (!rolesOf(environment, who).includes(role))
    throw new UserError("not-your-role", `${who} is not of ${role}, who may lift ${name}`, { hint: "--as says who you are" });
}
