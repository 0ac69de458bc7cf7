import type { AnswerOf } from "../../api/route.ts";
import type { Routes } from "../../api/routes.ts";
import type { Release } from "../../delivery/release.ts";
import { type Elsewhere, onlyHere } from "./elsewhere.ts";

type Said = (name: string) => string | undefined;
type Read = (elsewhere: Elsewhere, said: Said) => Promise<unknown>;
type Whole = AnswerOf<Routes["GET /v1/products/{product}/release"]>;

/** What commands read, each as the socket of a platform answers it. */
export const reads: Readonly<Record<string, Read>> = {
  "/v1/status": async ({ api, product }) => ({
    product,
    environments: (await api("GET /v1/products/{product}/environments", { params: { product } })).items,
  }),
  "/v1/alerts": listed("alerts"),
  "/v1/silences": listed("silences"),
  "/v1/notices": listed("notices"),
  "/v1/slos": listed("slos"),
  "/v1/snapshots": listed("snapshots"),
  "/v1/schedules": listed("schedules"),
  "/v1/previews": async (elsewhere) => {
    const { api, product } = elsewhere;
    const { items } = await api("GET /v1/products/{product}/environments", { params: { product } });
    const of = items.filter(({ previewOf }) => previewOf === undefined).map(({ environment }) => environment);
    const each = await Promise.all(
      of.map((environment) =>
        api("GET /v1/products/{product}/environments/{environment}/previews", { params: { product, environment } }),
      ),
    );
    return each.flatMap((one) => one.items);
  },
  "/v1/freezes": (elsewhere, said) =>
    elsewhere.api("GET /v1/products/{product}/environments/{environment}/freezes", at(elsewhere, said)),
  "/v1/telemetry": (elsewhere, said) =>
    elsewhere.api("GET /v1/products/{product}/environments/{environment}/telemetry", at(elsewhere, said)),
  "/v1/saved-lines": (elsewhere, said) =>
    elsewhere.api("GET /v1/products/{product}/environments/{environment}/saved-lines", at(elsewhere, said)),
  "/v1/dashboards": async (elsewhere, said) => {
    const query = { rangeMs: said("range") };
    const given = { ...at(elsewhere, said), query };
    return (await elsewhere.api("GET /v1/products/{product}/environments/{environment}/dashboards", given)).items;
  },
  "/v1/query": (elsewhere, said) => {
    // Where it would ask is said by whoever asks: nobody sends a server anywhere.
    if (said("prometheus") !== undefined) throw onlyHere(elsewhere.server, "asking another Prometheus");
    const query = { expr: said("expr") ?? "", atMs: said("at"), rangeMs: said("range"), stepMs: said("step") };
    return elsewhere.api("GET /v1/products/{product}/environments/{environment}/query", { ...at(elsewhere, said), query });
  },
  "/v1/trace": async (elsewhere, said) => {
    const { params } = at(elsewhere, said);
    const { spans, sent } = await elsewhere.api("GET /v1/products/{product}/environments/{environment}/traces/{trace}", {
      params: { ...params, trace: said("trace") ?? "" },
    });
    return { spans, sent };
  },
  "/v1/events": ({ api, product }, said) => eventsOf({ api, product }, said),
  "/v1/releases": ({ api, product }, said) => releasesOf({ api, product }, { environment: said("environment"), most: 20 }),
  "/v1/releases/one": (elsewhere, said) => releaseOf(elsewhere, { id: said("id"), environment: said("environment") }),
  // Whoever has such a link decides: it is sent to those who may, and told to nobody else.
  "/v1/releases/links": () => Promise.resolve([]),
  "/v1/history": async (elsewhere, said) => {
    const { params } = at(elsewhere, said);
    const [releases, { items }] = await Promise.all([
      releasesOf(elsewhere, { environment: params.environment, most: 50 }),
      elsewhere.api("GET /v1/products/{product}/environments/{environment}/revisions", { params }),
    ]);
    return { releases, revisions: items };
  },
};

type List = "alerts" | "silences" | "notices" | "slos" | "snapshots" | "schedules";

function listed(what: List): Read {
  return async (elsewhere, said) => {
    const key = `GET /v1/products/{product}/environments/{environment}/${what}` as const;
    const { items } = await elsewhere.api(key, at(elsewhere, said));
    return items;
  };
}

export function at({ product }: Elsewhere, said: Said) {
  return { params: { product, environment: said("environment") ?? "" } };
}

/** The one that is meant, as the engine has it: what is only there for those who look from elsewhere is left out. */
export async function releaseOf(
  { api, product }: Pick<Elsewhere, "api" | "product">,
  { id, environment }: { readonly id?: string | undefined; readonly environment?: string | undefined },
): Promise<Release> {
  return stateOf(await api("GET /v1/products/{product}/release", { params: { product }, query: { id, environment } }));
}

/** What a view says beside the state. */
const viewOnly: ReadonlySet<string> = new Set(
  "title strategy steps says asks verbs withheld said reached turned version".split(" "),
);

export function stateOf(whole: Whole | AnswerOf<Routes["GET /v1/products/{product}/releases"]>["items"][number]): Release {
  return Object.fromEntries(Object.entries(whole).filter(([key]) => !viewOnly.has(key))) as unknown as Release;
}

async function releasesOf(
  { api, product }: Pick<Elsewhere, "api" | "product">,
  { environment, most }: { readonly environment: string | undefined; readonly most: number },
): Promise<readonly Release[]> {
  const found: Release[] = [];
  let cursor: string | undefined;
  do {
    const query = { environment, whole: "true" as const, limit: most, cursor };
    const { items, next } = await api("GET /v1/products/{product}/releases", { params: { product }, query });
    found.push(...items.map(stateOf));
    cursor = next;
  } while (cursor !== undefined && found.length < most);
  return found.slice(0, most);
}

const mostOnPage = 500;

async function eventsOf({ api, product }: Pick<Elsewhere, "api" | "product">, said: Said): Promise<readonly object[]> {
  const limit = Number(said("limit") ?? 200);
  const found: object[] = [];
  let cursor: string | undefined;
  do {
    const query = {
      limit: Math.min(mostOnPage, limit - found.length),
      environment: said("environment"),
      run: said("run"),
      kinds: said("kinds"),
      cursor,
    };
    const { items, next } = await api("GET /v1/products/{product}/events", { params: { product }, query });
    for (const { id, at: moment, environment, kind, actor, subject, because, run, data } of items)
      found.push({
        id,
        at: moment,
        environment: environment ?? null,
        kind,
        actor: actor.name,
        actorKind: actor.kind,
        actorKnown: actor.known ?? null,
        subject,
        because: because ?? null,
        run: run ?? null,
        data,
      });
    cursor = next;
  } while (cursor !== undefined && found.length < limit);
  return found;
}
