import { setTimeout as sleep } from "node:timers/promises";
import { seesProduct } from "../../../../api/rights.ts";
import { GantryError, UserError } from "../../../../lib/errors.ts";
import type { EventRow } from "../../../../store/events.ts";
import type { EnvironmentStatus } from "../../../../wire/up.ts";
import type { Store } from "../../../../store/store.ts";
import { noticesOf } from "../../../notices/notice-views.ts";
import { scheduleViews } from "../../../schedules/schedule-views.ts";
import { type Asker, may, whoView } from "../asker.ts";
import type { Part } from "../handler.ts";
import type { Seen } from "../seen.ts";

const readyMs = 1_000;

const readable = (asker: Asker, product: string, environment: string) => may(asker, "read", { product, environment });

/** What the database alone knows: any server answers it. */
export function readAnswers(
  store: Store,
  isLeaving: () => boolean,
): Part<
  | "GET /healthz"
  | "GET /readyz"
  | "GET /v1/whoami"
  | "GET /v1/products"
  | "GET /v1/products/{product}/environments/{environment}/revisions"
  | "GET /v1/products/{product}/environments/{environment}/schedules"
  | "GET /v1/products/{product}/environments/{environment}/notices"
  | "GET /v1/products/{product}/events"
> {
  return {
    "GET /healthz": () => ({ ok: true }),
    "GET /readyz": async () => {
      if (isLeaving()) throw new GantryError("leaving", "this server is about to end");
      // Whoever looks whether this server is of use waits for nothing.
      const late = sleep(readyMs, "late" as const, { ref: false });
      if ((await Promise.race([store.products(), late])) === "late")
        throw new GantryError("database-gone", "the control database does not answer");
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
    "GET /v1/products/{product}/environments/{environment}/revisions": async ({ params: { product, environment } }) => ({
      items: (await store.revisions(product, environment)).map((one) => ({
        service: one.service,
        revision: one.revision,
        artifact: one.artifact,
        createdAt: one.createdAt.toISOString(),
        serving: one.servingSince !== null && one.retiredAt === null,
        ...(one.servingSince === null ? {} : { servingSince: one.servingSince.toISOString() }),
        ...(one.retiredAt === null ? {} : { retiredAt: one.retiredAt.toISOString() }),
        ...(one.takenBackAt === null ? {} : { takenBackAt: one.takenBackAt.toISOString() }),
      })),
    }),
    "GET /v1/products/{product}/environments/{environment}/schedules": async ({ params: { product, environment } }) => ({
      items: await scheduleViews(store, product, environment),
    }),
    "GET /v1/products/{product}/environments/{environment}/notices": async ({ params: { product, environment } }) => ({
      items: await noticesOf(store, product, environment),
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

/** What runs at this moment. */
export function statusAnswers(
  seen: Seen,
): Part<
  | "GET /v1/products/{product}/environments"
  | "GET /v1/products/{product}/environments/{environment}"
  | "GET /v1/products/{product}/environments/{environment}/services"
  | "GET /v1/products/{product}/environments/{environment}/services/{service}"
> {
  const environmentOf = async (product: string, name: string): Promise<EnvironmentStatus> => {
    const found = (await seen.status(product)).environments.find((one) => one.environment === name);
    if (found === undefined) throw new UserError("unknown-environment", `${product} has no environment ${name}`);
    return found;
  };
  return {
    "GET /v1/products/{product}/environments": ({ asker, params: { product } }) =>
      seen.environments(product, (environment) => readable(asker, product, environment)),
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
  };
}

export function eventView(product: string, row: EventRow) {
  return {
    id: row.id,
    at: row.at.toISOString(),
    product,
    ...(row.environment === null ? {} : { environment: row.environment }),
    kind: row.kind,
    actor: actorOf(row),
    subject: row.subject,
    ...(row.because === null ? {} : { because: row.because }),
    ...(row.run === null ? {} : { run: row.run }),
    data: row.data,
  };
}

export function actorOf({ actorKind, actor, actorKnown }: Pick<EventRow, "actor" | "actorKind" | "actorKnown">) {
  return { kind: actorKind, name: actor, ...(actorKnown === null ? {} : { known: actorKnown }) };
}
