import type { Query } from "./query.ts";

/** After so long every bucket is full again, and needs no row. */
const keptFor = "interval '10 minutes'";

/** Buckets that fill by themselves, of which several processes take. */
export function ratesIn(query: Query) {
  return {
    /** Takes so many at most of what is there: none where there is not even one, and how long that takes to come. */
    async take(
      name: string,
      { perSecond, burst, most }: { readonly perSecond: number; readonly burst: number; readonly most: number },
    ): Promise<{ readonly taken: number; readonly waitMs: number }> {
      // By the clock of the moment, under the row's lock: that of the transaction's begin could be before the last one's.
      const [row] = await query<{ taken: number; level: number }>(
        `with over as (delete from rate where at < now() - ${keptFor} and name <> $1)
         insert into rate (name, level, at, taken) values ($1, $3::float8 - least($3, $4::int), clock_timestamp(), least($3, $4::int))
         on conflict (name) do update set (level, taken, at) = (
           select there - least($4::int, floor(there)), least($4::int, floor(there)), clock_timestamp()
           from (select least($3::float8, rate.level + greatest(0, extract(epoch from clock_timestamp() - rate.at)) * $2::float8) as there) as now)
         returning taken, level`,
        [name, perSecond, burst, most],
      );
      const { taken = 0, level = 0 } = row ?? {};
      return { taken, waitMs: taken > 0 ? 0 : Math.ceil(((1 - level) * 1_000) / perSecond) };
    },
  };
}
