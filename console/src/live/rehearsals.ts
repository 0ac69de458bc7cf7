import { api } from "./api.ts";
import { at, begins, useOf } from "./asked.ts";
import { product } from "./product.ts";
import type { RehearsalAsked, RehearsalView } from "./views.ts";

const on = begins("rehearsal");

/** The last twenty of an environment; asked for often while one of them is going on. */
export function useRehearsals(environment: string) {
  return useOf(
    "rehearsals",
    environment,
    async (params, signal) => (await api(`GET ${at}/rehearsals`, { params }, { signal })).items,
    { everyMs: (all) => (all?.some(({ state }) => state === "running") === true ? 1_000 : 30_000), on },
  );
}

export function useRehearsal(environment: string, id: string) {
  return useOf<RehearsalView>(
    `rehearsal ${id}`,
    environment,
    (params, signal) => api(`GET ${at}/rehearsals/{id}`, { params: { ...params, id } }, { signal }),
    // What has ended stays as it is.
    { everyMs: (one) => (one === undefined || one.state === "running" ? 1_000 : undefined), on: (event) => event.subject === id },
  );
}

export function beginRehearsal(environment: string, body: RehearsalAsked, idempotencyKey: string) {
  return api(`POST ${at}/rehearsals`, { params: { product: product.get(), environment }, body }, { idempotencyKey });
}

export function endRehearsal(environment: string, id: string, idempotencyKey: string) {
  return api(`DELETE ${at}/rehearsals/{id}`, { params: { product: product.get(), environment, id } }, { idempotencyKey });
}
