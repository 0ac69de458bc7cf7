import type { Query } from "./query.ts";

export type EnvironmentRow = {
  readonly product: string;
  readonly name: string;
  readonly previewOf: string | null;
  readonly data: unknown;
  readonly speed: number;
  readonly ports: Readonly<Record<string, number>>;
  readonly state: "coming up" | "up" | "failed" | "down";
  readonly createdAt: Date;
  readonly changedAt: Date;
  readonly expiresAt: Date | null;
};

const environmentSchema = 1;

const columns = `product, name, preview_of as "previewOf", data, speed, ports, state, created_at as "createdAt", changed_at as "changedAt",
  expires_at as "expiresAt", xmin::text as version`;

/**
 * Environments are asked for all the time and change seldom, and one may be a megabyte: what was read stays here, beside the transaction that
 * wrote it last (`xmin`), and is read again where another did. The database says at each question what there is; nothing is known by memory alone.
 */
export function environmentsIn(query: Query) {
  const kept = new Map<string, { readonly version: string; readonly row: EnvironmentRow }>();
  const keyOf = (product: string, name: string): string => `${product} ${name}`;
  return {
    async environments(product: string): Promise<EnvironmentRow[]> {
      const now = await query<{ name: string; version: string }>(
        "select name, xmin::text as version from environment where product = $1 order by name",
        [product],
      );
      const stale = now
        .filter(({ name, version }) => kept.get(keyOf(product, name))?.version !== version)
        .map(({ name }) => name);
      if (stale.length > 0) {
        const rows = await query<EnvironmentRow & { version: string }>(
          `select ${columns} from environment where product = $1 and name = any ($2)`,
          [product, stale],
        );
        for (const { version, ...row } of rows) kept.set(keyOf(product, row.name), { version, row: frozen(row) });
      }
      const there = new Set(now.map(({ name }) => keyOf(product, name)));
      for (const [key, { row }] of kept) if (row.product === product && !there.has(key)) kept.delete(key);
      return now.flatMap(({ name }) => kept.get(keyOf(product, name))?.row ?? []);
    },

    async putEnvironment(
      row: Pick<EnvironmentRow, "product" | "name" | "data" | "speed" | "ports" | "state"> & {
        readonly previewOf?: string | undefined;
        readonly expiresAt?: Date | undefined;
      },
    ): Promise<void> {
      await query(
        `insert into environment (product, name, preview_of, data, schema_version, speed, ports, state, expires_at)
         values ($1, $2, $3, $4, ${environmentSchema}, $5, $6, $7, $8)
         on conflict (product, name) do update set data = excluded.data, schema_version = excluded.schema_version, speed = excluded.speed,
           ports = excluded.ports, state = excluded.state, changed_at = now(), expires_at = coalesce(excluded.expires_at, environment.expires_at)`,
        [
          row.product,
          row.name,
          row.previewOf ?? null,
          JSON.stringify(row.data),
          row.speed,
          JSON.stringify(row.ports),
          row.state,
          row.expiresAt ?? null,
        ],
      );
    },

    async setEnvironmentState(product: string, name: string, state: EnvironmentRow["state"]): Promise<void> {
      await query("update environment set state = $3, changed_at = now() where product = $1 and name = $2", [
        product,
        name,
        state,
      ]);
    },

    async products(): Promise<string[]> {
      return (await query<{ product: string }>("select distinct product from environment")).map((row) => row.product);
    },

    /** Another one after every change of any of them. */
    async environmentsVersion(): Promise<string> {
      // The transaction that wrote a row last: clocks may give two changes one moment, or an earlier one to the later.
      const [row] = await query<{ version: string }>(
        "select coalesce(md5(string_agg(concat_ws(' ', product, name, xmin::text), ',' order by product, name)), '') as version from environment",
      );
      return row?.version ?? "";
    },

    async removeEnvironment(product: string, name: string): Promise<void> {
      await query("delete from environment where product = $1 and name = $2", [product, name]);
    },

    /** What a preview was due to end at; those without an end stay. */
    async expired(product: string, now: Date): Promise<string[]> {
      const rows = await query<{ name: string }>("select name from environment where product = $1 and expires_at <= $2", [
        product,
        now,
      ]);
      return rows.map((row) => row.name);
    },
  };
}

/** Several have the same one in their hands. */
function frozen<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const one of Object.values(value)) frozen(one);
  return Object.freeze(value);
}
