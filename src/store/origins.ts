import { createHash } from "node:crypto";
import type { Query } from "./query.ts";

/** Of each product so many: those of the environments that are up, and some to go back to. */
const kept = 50;

/** Where values of environments were written. */
export function originsIn(query: Query) {
  return {
    async put(product: string, environment: unknown, data: unknown): Promise<void> {
      await query(
        `insert into origins (product, digest, data) values ($1, $2, $3)
         on conflict (product, digest) do update set data = excluded.data, sent_at = now()`,
        [product, digestOf(environment), JSON.stringify(data)],
      );
      await query(
        `delete from origins using (select digest, row_number() over (order by sent_at desc) as place from origins where product = $1) as ranked
         where origins.product = $1 and origins.digest = ranked.digest and ranked.place > ${kept}`,
        [product],
      );
    },

    /** Of exactly this environment; nothing where it was never sent with them. */
    async of(product: string, environment: unknown): Promise<unknown> {
      const [row] = await query<{ data: unknown }>("select data from origins where product = $1 and digest = $2", [
        product,
        digestOf(environment),
      ]);
      return row?.data;
    },
  };
}

function digestOf(environment: unknown): Buffer {
  return createHash("sha256").update(JSON.stringify(environment)).digest();
}
