import { api } from "./api.ts";
import type { LiveEvent } from "./events.ts";
import { useProduct } from "./product.ts";
import { useResource } from "./resource.ts";

// What several pages ask for, each under one key: whoever looks first asks, and all see the same answer.

const begins =
  (...kinds: readonly string[]) =>
  ({ kind }: LiveEvent) =>
    kinds.some((one) => kind.startsWith(`${one}.`));

export function useWho() {
  return useResource({ key: "who", load: (signal) => api("GET /v1/whoami", {}, { signal }), everyMs: 60_000 });
}

export function useProducts() {
  return useResource({
    key: "products",
    load: async (signal) => (await api("GET /v1/products", {}, { signal })).items,
    everyMs: 30_000,
    on: begins("environment", "preview"),
  });
}

export function useEnvironments() {
  const product = useProduct();
  return useResource({
    key: `environments ${product}`,
    load: async (signal) =>
      product === "" ? [] : (await api("GET /v1/products/{product}/environments", { params: { product } }, { signal })).items,
    everyMs: 2_000,
    on: begins("environment", "preview", "release", "service"),
  });
}

export function useReleases(environment?: string) {
  const product = useProduct();
  return useResource({
    key: `releases ${product} ${environment ?? ""}`,
    load: async (signal) =>
      product === ""
        ? []
        : (
            await api(
              "GET /v1/products/{product}/releases",
              { params: { product }, query: { limit: 100, ...(environment === undefined ? {} : { environment }) } },
              { signal },
            )
          ).items,
    everyMs: 10_000,
    on: begins("release"),
  });
}

export function useRelease(environment: string, release: string) {
  const product = useProduct();
  return useResource({
    key: `release ${product} ${environment} ${release}`,
    load: (signal) =>
      api(
        "GET /v1/products/{product}/environments/{environment}/releases/{release}",
        { params: { product, environment, release } },
        { signal },
      ),
    everyMs: 1_000,
    on: ({ run }) => run === release,
  });
}

export function useAlerts(environment: string) {
  void environment;
  return {
    value: undefined as undefined | { name: string; state: string }[],
    trouble: undefined as undefined | { detail: string },
  };
}
export function useSlos(environment: string) {
  void environment;
  return { value: undefined as undefined | { name: string; budgetLeft?: number }[] };
}
