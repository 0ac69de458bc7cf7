import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { Control } from "../control.ts";
import { textOf } from "../watching/watched-in.ts";
import { type FreezeAction, usuallyStopped } from "../../delivery/freezes.ts";
import { actorOf, whoOf } from "./actor-of.ts";
import { freezesNow, minuteText } from "./freezes.ts";
import { newId, rowOf } from "./make-release.ts";
import { rolesOf } from "./roles.ts";

const longestMs = 400 * 86_400_000;
const actions: readonly FreezeAction[] = ["release", "promote", "migrate", "rollback", "infrastructure"];

/** Times in which nothing is shipped: those of the spec, those that somebody begins, and those that somebody lifts. */
export function freezesApi({ platform }: Control): readonly Endpoint[] {
  const { store } = platform;
  return [
    {
      method: "GET",
      path: "/v1/freezes",
      async answer({ query }) {
        const [product, key] = [query.get("product") ?? "", query.get("environment") ?? ""];
        const environment = (await rowOf(platform, product, key)).data as Environment;
        const at = { product, key, ofSpec: environment.freezes };
        const { frozen, lifted, rows } = await freezesNow(store, at, undefined, Date.now());
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
            .map(({ id, actor, because, from, until, stops }) => ({ id, by: actor, because, from, until, stops })),
        };
      },
    },
    {
      method: "POST",
      path: "/v1/freezes",
      async answer({ body }) {
        const [product, key, because] = [textOf(body, "product"), textOf(body, "environment"), textOf(body, "because")];
        const environment = (await rowOf(platform, product, key)).data as Environment;
        const by = actorOf(body["by"], platform.actor);
        const lifts = typeof body["lifts"] === "string" ? body["lifts"] : null;
        if (lifts !== null) refuseLift(environment, lifts, by.name);
        const nowMs = Date.now();
        const forMs = Number(body["forMs"]);
        if (!(forMs > 0 && forMs <= longestMs)) throw new UserError("usage", "a freeze has an end", { hint: "as --for 2h" });
        const stops =
          stopsOf(body["stops"]) ?? (lifts === null ? usuallyStopped : (environment.freezes[lifts]?.stops ?? usuallyStopped));
        const freeze = {
          id: newId(),
          environment: key,
          lifts,
          stops,
          from: new Date(nowMs),
          until: new Date(nowMs + forMs),
          because: because.slice(0, 500),
          actor: by.name,
        };
        await store.releases.addFreeze(product, freeze);
        await store.addEvent({
          product,
          environment: key,
          kind: lifts === null ? "freeze.begun" : "freeze.lifted",
          ...whoOf(by),
          subject: lifts ?? freeze.id,
          because: freeze.because,
          data: { until: freeze.until.toISOString(), stops },
        });
        return { id: freeze.id, until: minuteText(freeze.until.getTime()), stops };
      },
    },
    {
      method: "POST",
      path: "/v1/freezes/end",
      async answer({ body }) {
        const [product, key, id] = [textOf(body, "product"), textOf(body, "environment"), textOf(body, "id")];
        const by = actorOf(body["by"], platform.actor);
        if (!(await store.releases.endFreeze(product, key, id)))
          throw new UserError("unknown-freeze", `${key} has no freeze ${JSON.stringify(id)} that somebody has begun`, {
            hint: `gantry freeze list --env ${key} shows them; one of the spec is lifted: gantry freeze lift`,
          });
        await store.addEvent({
          product,
          environment: key,
          kind: "freeze.ended",
          ...whoOf(by),
          subject: id,
        });
        return { id };
      },
    },
  ];
}

function stopsOf(given: unknown): readonly FreezeAction[] | undefined {
  if (!Array.isArray(given) || given.length === 0) return undefined;
  const unknown = given.find((one) => !actions.includes(one as FreezeAction));
  if (unknown !== undefined)
    throw new UserError("usage", `a freeze cannot stop ${JSON.stringify(unknown)}`, { hint: actions.join(", ") });
  return given as readonly FreezeAction[];
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
  if (!rolesOf({ freezes, ...environment }, who).includes(role))
    throw new UserError("not-your-role", `${who} is not of ${role}, who may lift ${name}`, { hint: "--as says who you are" });
}
