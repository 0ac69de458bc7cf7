import type { Place } from "../lib/problem.ts";

// Where things are written. The loader rewrites a spec's own files so that every object, array and call reports its place
// here as it is made; the marks hang on the values in a WeakMap, so that they cost nothing to values nobody asks about.

/** Place of a key and of the value written behind it. */
export type KeyPlaces = { readonly key: Place; readonly value: Place };

export type LiteralMark = { readonly place: Place; readonly keys: ReadonlyMap<string, KeyPlaces> };
export type CallMark = { readonly place: Place; readonly args: readonly Place[]; readonly via: readonly Place[] };

const literals = new WeakMap<object, LiteralMark>();
const calls = new WeakMap<object, CallMark>();

export function markLiteral(value: object, mark: LiteralMark): void {
  literals.set(value, mark);
}

/** The innermost call that returned a value made it; helpers that hand it on are remembered as `via`. */
export function markCall(value: object, place: Place, args: readonly Place[]): void {
  const known = calls.get(value);
  if (known === undefined) calls.set(value, { place, args, via: [] });
  else if (known.via.length < 4 && known.place !== place) calls.set(value, { ...known, via: [...known.via, place] });
}

export function literalMark(value: object): LiteralMark | undefined {
  return literals.get(value);
}

export function callMark(value: object): CallMark | undefined {
  return calls.get(value);
}
