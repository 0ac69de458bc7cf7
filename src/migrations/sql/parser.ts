import type * as LibPgQuery from "libpg-query";

export type Parser = typeof LibPgQuery;

let loaded: Promise<Parser> | undefined;
let reloads = 0;
let broken = false;

/**
 * Postgres' own grammar, compiled to WebAssembly: loaded once, and only by who reads SQL. A parse that ran out of stack leaves the
 * module in a state in which later ones may never end, so that the next caller gets a new one.
 */
export async function loadParser(): Promise<Parser> {
  if (loaded === undefined || broken) {
    broken = false;
    loaded = load(reloads++);
  }
  return loaded;
}

export function parserIsBroken(): boolean {
  return broken;
}

export function breakParser(): void {
  broken = true;
}

async function load(nth: number): Promise<Parser> {
  const parser: Parser =
    nth === 0 ? await import("libpg-query") : ((await import(`${import.meta.resolve("libpg-query")}?${nth}`)) as Parser);
  await parser.loadModule();
  return parser;
}
