import { api } from "./api.ts";
import { product } from "./product.ts";

// What is said to the server beside the verbs of a release.

const at = "/v1/products/{product}/environments/{environment}";

type Silencing = { readonly alert: string; readonly forMs: number; readonly reason: string };

export function silence(environment: string, body: Silencing, idempotencyKey: string) {
  return api(`POST ${at}/silences`, { params: { product: product.get(), environment }, body }, { idempotencyKey });
}

export function endSilence(environment: string, id: string, idempotencyKey: string) {
  return api(`DELETE ${at}/silences/{id}`, { params: { product: product.get(), environment, id } }, { idempotencyKey });
}

export function acknowledge(environment: string, id: string, idempotencyKey: string) {
  return api(
    `POST ${at}/alerts/{id}/acknowledgements`,
    { params: { product: product.get(), environment, id }, body: {} },
    { idempotencyKey },
  );
}

export function beginDemo(environment: string, offer: string, idempotencyKey: string) {
  return api(`POST ${at}/demo`, { params: { product: product.get(), environment }, body: { offer } }, { idempotencyKey });
}
