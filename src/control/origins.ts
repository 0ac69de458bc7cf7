import { z } from "zod";
import type { AnswerOf, Route } from "../api/route.ts";
import type { origins as originsSchema } from "../api/schema/spec.ts";
import { pathText, valueAt } from "../lib/paths.ts";
import { isSecretName, specWithoutSecrets } from "../lib/secrets.ts";
import type { Environment } from "../spec/environment.ts";
import { leavesOf } from "../spec/explain.ts";
import type { Store } from "../store/store.ts";
import type { SentOrigins } from "../wire/origins.ts";

type View = AnswerOf<{ readonly answers: typeof originsSchema } & Route>;

const layer = z.object({
  layer: z.string(),
  why: z.string().optional(),
  place: z.object({ file: z.string(), line: z.int(), column: z.int() }).optional(),
});
const sent = z.record(z.string(), z.object({ from: layer, overrode: z.array(layer.extend({ value: z.unknown() })) }));

/** Keeps where an environment was written, where whoever sends it says so. It is nothing that anything hangs on. */
export async function keepOrigins(store: Pick<Store, "origins">, environment: Environment, given: unknown): Promise<void> {
  const found = sent.safeParse(given);
  if (found.success) await store.origins.put(environment.product, environment, found.data);
}

/** Of each value of an environment where it was written. Nothing secret is told, neither of what holds nor of what it overrode. */
export async function originsView(store: Pick<Store, "origins">, environment: Environment): Promise<View> {
  const known = (await store.origins.of(environment.product, environment)) as SentOrigins | undefined;
  const shown = specWithoutSecrets(environment);
  const items = leavesOf(environment).map((path) => {
    const text = pathText(path);
    const origin = known !== undefined && Object.hasOwn(known, text) ? known[text] : undefined;
    const isSecret = path.some((step) => typeof step === "string" && isSecretName(step));
    return {
      path: text,
      from: { ...(origin?.from ?? { layer: "unknown" }), value: valueAt(shown, path) },
      overrode: (origin?.overrode ?? []).map(({ value, ...one }) => ({ ...one, value: specWithoutSecrets(value, isSecret) })),
    };
  });
  return { known: known !== undefined, items };
}
