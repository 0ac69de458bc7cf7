import type { Generator } from "./generator.ts";
import { logFactorial } from "./log-factorial.ts";
import { poisson } from "./poisson.ts";

/** A table costs as much as so many draws without one. */
const worthwhile = 16;
/** Of larger means the tables would be large, and draws without one are as fast as of small ones. */
const largestMean = 10_000;
/** What is less likely than this part of the likeliest is below what a uniform number can tell. */
const vanishing = 2 ** -62;
const guides = 256;

/** A distribution, summed up to each number from the least on, with the first cell at which each 256th of it is reached. */
type Table = { readonly least: number; readonly below: Float64Array; readonly guide: Uint16Array };

/** The same means come in run after run, some hundreds of them: what is worked out of a mean alone is kept, a few megabytes of it. */
const tables = new Map<number, Table>();
const mostTables = 1_024;

/**
 * Poisson numbers of a mean that stays the same for long. After some draws they are read from a table of the very same distribution, with
 * one uniform number each; when the mean changes it begins anew.
 */
export function createRepeatedPoisson(random: Generator): (mean: number) => number {
  let mean = 0;
  let drawn = 0;
  let table: Table | undefined;

  return (of) => {
    if (!(of > 0)) return 0;
    if (of !== mean) {
      mean = of;
      drawn = 0;
      table = undefined;
    }
    if (drawn < worthwhile || mean > largestMean) {
      drawn += 1;
      return poisson(random, mean);
    }
    table ??= tableOf(mean);
    const { least, below, guide } = table;
    const uniform = random.uniform();
    let at = guide[Math.floor(uniform * guides)] ?? 0;
    while ((below[at] ?? 0) < uniform) at++;
    return least + at;
  };
}

function tableOf(mean: number): Table {
  let known = tables.get(mean);
  if (known === undefined) {
    if (tables.size >= mostTables) tables.clear();
    tables.set(mean, (known = tabled(mean)));
  }
  return known;
}

function tabled(mean: number): Table {
  const mode = Math.floor(mean);
  const likeliest = Math.exp(mode * Math.log(mean) - mean - logFactorial(mode));
  let least = mode;
  let term = likeliest;
  while (least > 0 && term > vanishing * likeliest) term *= least-- / mean;
  const cells = Math.ceil(2 * (mode - least) + 64);
  const below = new Float64Array(cells);
  const guide = new Uint16Array(guides);
  let sum = 0;
  let at = 0;
  for (let next = 0; at < cells - 1 && (least + at <= mode || term > vanishing * likeliest); at++) {
    sum += term;
    below[at] = sum;
    for (; next < guides && sum * guides > next; next++) guide[next] = at;
    term *= mean / (least + at + 1);
  }
  below[at] = Infinity;
  for (let next = guides - 1; next >= 0 && sum * guides <= next; next--) guide[next] = at;
  return { least, below, guide };
}
