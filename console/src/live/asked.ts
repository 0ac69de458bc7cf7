import { api } from "./api.ts";
import type { LiveEvent } from "./events.ts";
import { useProduct } from "./product.ts";
import { useRoute } from "../router.ts";
import { type Kept, useResource, type Wanted } from "./resource.ts";

// What several pages ask for, each under one key: whoever looks first asks, and all see the same answer.

export const at = "/v1/products/{product}/environments/{environment}";

export const begins =
  (...kinds: readonly string[]) =>
  ({ kind }: LiveEvent) =>
    kinds.some((one) => kind.startsWith(`${one}.`));

export function useWho() {
  return useResource({ key: "who", load: (signal) => api("GET /v1/whoami", {}, { signal }), everyMs: 60_000 });
}

/** By what whoever is not signed in may come in; of a server that does not change while it runs. */
export function useLogin() {
  return useResource({ key: "login", load: async (signal) => (await api("GET /v1/login", {}, { signal })).with });
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

/** The environment that a page is about: what was chosen, else the first there is. */
export function useChosenEnvironment() {
  const all = useEnvironments().value ?? [];
  const asked = useRoute().query.get("environment") ?? "";
  const names = all.filter(({ state }) => state !== "down").map((one) => one.environment);
  // What is furthest from a laptop is what people watch.
  const environment = asked === "" ? (names.find((name) => name === "prod") ?? names.at(-1) ?? "") : asked;
  const services = all.find((one) => one.environment === environment)?.services.map(({ service }) => service) ?? [];
  return { environment, names, services };
}

/** One of an environment's lists, under a key of its own. */
export function useOf<T>(
  what: string,
  environment: string,
  load: (params: { readonly product: string; readonly environment: string }, signal: AbortSignal) => Promise<T>,
  more: Pick<Wanted<T>, "everyMs" | "on"> = {},
) {
  const product = useProduct();
  return useResource<T | undefined>({
    key: `${what} ${product} ${environment}`,
    load: async (signal) => (product === "" || environment === "" ? undefined : load({ product, environment }, signal)),
    ...more,
  }) as Kept<T>;
}

const everyMs = 5_000;

export function useAlerts(environment: string) {
  return useOf("alerts", environment, async (params, signal) => (await api(`GET ${at}/alerts`, { params }, { signal })).items, {
    everyMs,
    on: begins("alert"),
  });
}

export function useSilences(environment: string) {
  return useOf(
    "silences",
    environment,
    async (params, signal) => (await api(`GET ${at}/silences`, { params }, { signal })).items,
    { everyMs: 30_000, on: begins("alert") },
  );
}

export function useSlos(environment: string) {
  return useOf("slos", environment, async (params, signal) => (await api(`GET ${at}/slos`, { params }, { signal })).items, {
    everyMs,
  });
}

/** Each value of an environment, and where it was written. */
export function useOrigins(environment: string) {
  return useOf("origins", environment, async (params, signal) => api(`GET ${at}/spec/origins`, { params }, { signal }), {
    on: begins("environment", "release"),
  });
}

export function useTrace(environment: string, trace: string) {
  return useOf(`trace ${trace}`, environment, (params, signal) =>
    api(`GET ${at}/traces/{trace}`, { params: { ...params, trace } }, { signal }),
  );
}

export type LogFilter = {
  readonly environment: string;
  readonly service: string;
  readonly level: string;
  readonly text: string;
  readonly trace: string;
  readonly requests: boolean;
};

export function useLogs({ environment, service, level, text, trace, requests }: LogFilter) {
  const query = {
    limit: 300,
    ...(service === "" ? {} : { service }),
    ...(isLevel(level) ? { level } : {}),
    ...(text === "" ? {} : { text }),
    ...(trace === "" ? {} : { trace }),
    ...(requests ? { requests: "true" as const } : {}),
  };
  return useOf(
    `logs ${JSON.stringify(query)}`,
    environment,
    async (params, signal) => (await api(`GET ${at}/logs`, { params, query }, { signal })).items,
    { everyMs: 2_000 },
  );
}

export const levels = ["debug", "info", "warn", "error"] as const;
type Level = (typeof levels)[number];

function isLevel(text: string): text is Level {
  return (levels as readonly string[]).includes(text);
}

/** Of all environments: who looks for a preview seldom knows of which it is. */
export function usePreviews() {
  const product = useProduct();
  const names = (useEnvironments().value ?? [])
    .filter(({ previewOf, state }) => previewOf === undefined && state !== "down")
    .map(({ environment }) => environment);
  return useResource({
    key: `previews ${product} ${names.join(" ")}`,
    load: async (signal) => {
      const each = await Promise.all(
        names.map((environment) => api(`GET ${at}/previews`, { params: { product, environment } }, { signal })),
      );
      return each.flatMap(({ items }) => items);
    },
    everyMs,
    on: begins("preview", "environment"),
  });
}

export function useDemo() {
  const product = useProduct();
  return useResource({
    key: `demo ${product}`,
    load: async (signal) =>
      product === "" ? [] : (await api("GET /v1/products/{product}/demo", { params: { product } }, { signal })).items,
    everyMs: 3_000,
  });
}

/** Expressions over a span until now, each as its series. */
export function useRanges(environment: string, exprs: readonly string[], rangeMs: number) {
  return useOf(
    `ranges ${rangeMs} ${exprs.join("\n")}`,
    environment,
    async (params, signal) => {
      const atMs = Date.now();
      const query = { rangeMs, atMs, stepMs: Math.max(1_000, Math.round(rangeMs / 120)) };
      return Promise.all(exprs.map((expr) => api(`GET ${at}/query`, { params, query: { ...query, expr } }, { signal })));
    },
    { everyMs: 2_000 },
  );
}
