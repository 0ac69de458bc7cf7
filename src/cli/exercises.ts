import { UserError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import { shown } from "../lib/text.ts";
import type { Environment } from "../spec/environment.ts";

type Exercise = Environment["exercises"][string];
export type Kind = Exercise["kind"];
export type Named<Of extends Kind> = { readonly name: string } & Extract<Exercise, { readonly kind: Of }>;

/** The exercises of an environment that are of one of these kinds. */
export function exercisesOf<Of extends Kind>({ exercises }: Environment, kinds: readonly Of[]): readonly Named<Of>[] {
  const isWanted = (one: Exercise): one is Extract<Exercise, { readonly kind: Of }> =>
    (kinds as readonly string[]).includes(one.kind);
  return Object.entries(exercises).flatMap(([name, one]) => (isWanted(one) ? [{ name, ...one }] : []));
}

/** The one that was named; where it is not there, how a spec says it. */
export function exerciseNamed<Of extends Kind>(
  environment: Environment,
  {
    name,
    kinds,
    what,
    example,
  }: { readonly name: string; readonly kinds: readonly Of[]; readonly what: string; readonly example: string },
): Named<Of> {
  const known = exercisesOf(environment, kinds);
  const found = known.find((one) => one.name === name);
  if (found !== undefined) return found;
  const guess = didYouMean(
    name,
    known.map((one) => one.name),
  );
  throw new UserError("unknown-path", `${environment.environment} has no ${what} ${shown(name)}`, {
    hint: guess ?? `the spec says it: ${example}`,
  });
}
