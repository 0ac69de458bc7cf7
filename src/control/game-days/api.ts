import { setTimeout as sleep } from "node:timers/promises";
import { ConflictError, UserError } from "../../lib/errors.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { GameDayView } from "../../wire/faults.ts";
import type { Control } from "../control.ts";
import { actorOf, whoOf } from "../releases/actor-of.ts";
import { createGameDays } from "./game-days.ts";
import { takeBackLeftBehind } from "./left-behind.ts";
import { injectedOf, servingNow } from "./injected-of.ts";

// Game days: what is to go wrong in an environment that runs here, for as long as somebody asks for it.

type Body = Readonly<Record<string, unknown>>;

const leaseMs = { least: 1_000, most: 30_000 } as const;

/** So long a command whose server died has to say that it is still there. */
const patienceMs = 10_000;

export function gameDaysApi(control: Control): readonly Endpoint[] {
  const { platform, inBackground } = control;
  const { store, agent } = platform;
  const subjects = new Map<string, { readonly product: string; readonly texts: string }>();
  const left = (key: string, because?: string, who: object = {}): Promise<void> => {
    const { product = "", texts = "" } = subjects.get(key) ?? {};
    subjects.delete(key);
    return store.addEvent({
      product,
      environment: key,
      kind: "gameday.ended",
      actor: "gantry",
      actorKind: "automation",
      ...who,
      subject: texts,
      ...(because !== undefined && { because }),
    });
  };
  const days = createGameDays(
    platform,
    (key, product) =>
      inBackground(async () => {
        await left(key, "whoever had begun it did not ask for it any more");
        await takeBackLeftBehind(control, product, key);
      }),
    (error) => inBackground(() => Promise.reject(error)),
  );

  // A server that was started while one was under way knows nothing of it.
  inBackground(async () => {
    await sleep(patienceMs, undefined, { ref: false });
    for (const product of await store.products())
      for (const { name, state } of await store.environments(product))
        if (state === "up" && days.of(name) === undefined) await takeBackLeftBehind(control, product, name);
  });

  return [
    {
      method: "POST",
      path: "/v1/faults",
      async answer({ body }): Promise<GameDayView> {
        const [product, key, id] = [textOf(body, "product"), textOf(body, "environment"), textOf(body, "id")];
        const row = (await store.environments(product)).find((one) => one.name === key);
        const view = (await agent.state()).environments.find((one) => one.environment === key);
        if (row?.state !== "up" || view === undefined)
          throw new ConflictError("not-up", `${key} is not up here`, {
            hint: "gantry up starts it; a game day is only for what runs on this machine",
          });
        const other = days.of(key);
        if (other !== undefined && other !== id)
          throw new ConflictError("game-day-on", `somebody else has made things go wrong in ${key}`, {
            hint: "it ends by itself a few seconds after whoever did has gone",
          });
        const texts = textsOf(body["faults"]);
        const except = body["new"] === true ? (revisionsOf(body["except"]) ?? servingNow(view)) : undefined;
        const environment = row.data as Environment;
        const wanted = injectedOf({ texts, environment, view, except, speed: row.speed });
        const lease = Math.min(leaseMs.most, Math.max(leaseMs.least, Number(body["leaseMs"]) || leaseMs.least));
        const seen = await days.put({ id, product, key, environment }, wanted, lease);
        if (other === undefined) {
          subjects.set(key, { product, texts: texts.join(", ") });
          const who = whoOf(actorOf(body["by"], platform.actor));
          await store.addEvent({
            product,
            environment: key,
            kind: "gameday.begun",
            ...who,
            subject: texts.join(", "),
            data: { except },
          });
        }
        return { ...seen, ...(except !== undefined && { except }), speed: row.speed };
      },
    },
    {
      method: "POST",
      path: "/v1/faults/end",
      async answer({ body }) {
        const key = textOf(body, "environment");
        const other = days.of(key);
        if (other !== undefined && other !== textOf(body, "id")) return { ended: false };
        const ended = await days.end(key);
        if (ended) await left(key, undefined, whoOf(actorOf(body["by"], platform.actor)));
        return { ended };
      },
    },
  ];
}

function textOf(body: Body, key: string): string {
  const value = body[key];
  if (typeof value !== "string" || value === "" || value.length > 200) throw new UserError("usage", `${key} is to be given`);
  return value;
}

function textsOf(given: unknown): readonly string[] {
  if (!Array.isArray(given) || given.some((one) => typeof one !== "string"))
    throw new UserError("usage", "faults is to be a list of words", { hint: 'as ["api:errors=5%"]' });
  return given as readonly string[];
}

function revisionsOf(given: unknown): Readonly<Record<string, readonly string[]>> | undefined {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return undefined;
  return Object.fromEntries(
    Object.entries(given as Readonly<Record<string, unknown>>).map(([service, revisions]) => [
      service,
      Array.isArray(revisions) ? revisions.map(String) : [],
    ]),
  );
}
