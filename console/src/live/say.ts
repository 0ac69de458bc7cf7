import { api } from "./api.ts";
import { product } from "./product.ts";
import type { ReleaseView } from "./views.ts";

// What is said to the server; `idempotencyKey` is the same for as long as it is the same that is said.

const at = "/v1/products/{product}/environments/{environment}";

type Command = {
  readonly verb: ReleaseView["verbs"][number]["verb"];
  readonly step: number;
  readonly reason?: string;
  readonly as?: string;
};

export function command({ product, environment, id: release }: ReleaseView, body: Command, idempotencyKey: string) {
  return api(`POST ${at}/releases/{release}/commands`, { params: { product, environment, release }, body }, { idempotencyKey });
}

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

export function restart(environment: string, service: string, idempotencyKey: string) {
  return api(
    `POST ${at}/services/{service}/restart`,
    { params: { product: product.get(), environment, service }, body: {} },
    { idempotencyKey },
  );
}
