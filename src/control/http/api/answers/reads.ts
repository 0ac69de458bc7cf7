import { seesProduct } from "../../../../api/rights.ts";
import { UserError } from "../../../../lib/errors.ts";
import type { EventRow } from "../../../../store/events.ts";
import type { EnvironmentStatus } from "../../../../wire/up.ts";
import type { Control } from "../../../control.ts";
import { statusNow } from "../../../status-now.ts";
import { type Asker, may, whoView } from "../asker.ts";
import type { Part } from "../handler.ts";

export function readAnswers(
  control: Control,
): Part<
  | "GET /healthz"
  | "GET /readyz"
  | "GET /v1/whoami"
  | "GET /v1/products"
  | "GET /v1/products/{product}/environments"
  | "GET /v1/products/{product}/environments/{environment}"
  | "GET /v1/products/{product}/environments/{environment}/services"
  | "GET /v1/products/{product}/environments/{environment}/services/{service}"
  | "GET /v1/products/{product}/environments/{environment}/revisions"
  | "GET /v1/products/{product}/events"
> {
  const { store } = control.platform;
  const readable = (asker: Asker, product: string, environment: string) => may(asker, "read", { product, environment });
  const environmentOf = async (product: string, name: string): Promise<EnvironmentStatus> => {
    const found = (await statusNow(control, product)).environments.find((one) => one.environment === name);
    if (found === undefined) throw new UserError("unknown-environment", `${product} has no environment ${name}`);
    return found;
  };
  return {
    "GET /healthz": () => ({ ok: true }),
    "GET /readyz": async () => {
      await store.products();
      return { ok: true };
    },
    "GET /v1/whoami": ({ asker }) => whoView(asker),
    "GET /v1/products": async ({ asker }) => {
      const products = (await store.products()).filter((product) => seesProduct(asker.grants, product)).toSorted();
      const items = await Promise.all(
        products.map(async (product) => {
          const rows = await store.environments(product);
          return { product, environments: rows.map(({ name }) => name).filter((name) => readable(asker, product, name)) };
        }),
      );
      return { items: items.filter(({ environments }) => environments.length > 0) };
    },
    "GET /v1/products/{product}/environments": async ({ asker, params: { product } }) => {
      const { environments } = await statusNow(control, product);
      return { items: environments.filter(({ environment }) => readable(asker, product, environment)) };
    },
    "GET /v1/products/{product}/environments/{environment}": ({ params: { product, environment } }) =>
      environmentOf(product, environment),
    "GET /v1/products/{product}/environments/{environment}/services": async ({ params: { product, environment } }) => ({
      items: (await environmentOf(product, environment)).services,
    }),
    "GET /v1/products/{product}/environments/{environment}/services/{service}": async ({ params }) => {
      const { services } = await environmentOf(params.product, params.environment);
      const found = services.find(({ service }) => service === params.service);
      if (found === undefined) throw new UserError("unknown-service", `${params.environment} has no service ${params.service}`);
      return found;
    },
    "GET /v1/products/{product}/environments/{environment}/revisions": async ({ params: { product, environment } }) => ({
      items: (await store.revisions(product, environment)).map((one) => ({
        service: one.service,
        revision: one.revision,
        artifact: one.artifact,
        createdAt: one.createdAt.toISOString(),
        serving: one.servingSince !== null && one.retiredAt === null,
        ...(one.servingSince === null ? {} : { servingSince: one.servingSince.toISOString() }),
        ...(one.retiredAt === null ? {} : { retiredAt: one.retiredAt.toISOString() }),
      })),
    }),
    "GET /v1/products/{product}/events": async ({ asker, params: { product }, query }) => {
      const { limit, cursor, environment, run, kinds } = query;
      const all = may(asker, "read", { product });
      const items: EventRow[] = [];
      let before = cursor;
      // What may not be seen is passed over: some more is read until the page is full.
      for (let pages = 0; pages < 10 && items.length < limit; pages += 1) {
        const rows = await store.events(product, {
          limit,
          ...(environment === undefined ? {} : { environment }),
          ...(run === undefined ? {} : { run }),
          ...(kinds === undefined || kinds.length === 0 ? {} : { kinds }),
          ...(before === undefined ? {} : { before }),
        });
        for (const row of rows) {
          if (items.length === limit) break;
          before = row.id;
          if (all || (row.environment !== null && readable(asker, product, row.environment))) items.push(row);
        }
        if (rows.length < limit) return { items: items.map((row) => eventView(product, row)) };
      }
      return { items: items.map((row) => eventView(product, row)), ...(before === undefined ? {} : { next: before }) };
    },
  };
}

export function eventView(product: string, row: EventRow) {
  return {
    id: row.id,
    at: row.at.toISOString(),
    product,
    ...(row.environment === null ? {} : { environment: row.environment }),
    kind: row.kind,
    actor: {
      kind: row.actorKind,
      name: row.actor,
      ...(row.actorKnown === null ? {} : { known: row.actorKnown }),
    },
    subject: row.subject,
    ...(row.because === null ? {} : { because: row.because }),
    ...(row.run === null ? {} : { run: row.run }),
    data: row.data,
  };
}
