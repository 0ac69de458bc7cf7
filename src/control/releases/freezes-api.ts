import type { FreezeAction } from "../../delivery/freezes.ts";
import { UserError } from "../../lib/errors.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { Control } from "../control.ts";
import { textOf } from "../watching/watched-in.ts";
import { actorOf } from "./actor-of.ts";
import { beginFreeze, endFreeze, freezeActions, freezesView } from "./freezing.ts";

export function freezesApi({ platform }: Control): readonly Endpoint[] {
  return [
    {
      method: "GET",
      path: "/v1/freezes",
      answer: ({ query }) => freezesView(platform, query.get("product") ?? "", query.get("environment") ?? ""),
    },
    {
      method: "POST",
      path: "/v1/freezes",
      answer: ({ body }) =>
        beginFreeze(platform, {
          product: textOf(body, "product"),
          key: textOf(body, "environment"),
          because: textOf(body, "because"),
          by: actorOf(body["by"], platform.actor),
          forMs: Number(body["forMs"]),
          lifts: typeof body["lifts"] === "string" ? body["lifts"] : undefined,
          stops: stopsOf(body["stops"]),
        }),
    },
    {
      method: "POST",
      path: "/v1/freezes/end",
      async answer({ body }) {
        const [product, key, id] = [textOf(body, "product"), textOf(body, "environment"), textOf(body, "id")];
        await endFreeze(platform, { product, key, id, by: actorOf(body["by"], platform.actor) });
        return { id };
      },
    },
  ];
}

function stopsOf(given: unknown): readonly FreezeAction[] | undefined {
  if (!Array.isArray(given) || given.length === 0) return undefined;
  const unknown = given.find((one) => !freezeActions.includes(one as FreezeAction));
  if (unknown !== undefined)
    throw new UserError("usage", `a freeze cannot stop ${JSON.stringify(unknown)}`, { hint: freezeActions.join(", ") });
  return given as readonly FreezeAction[];
}
