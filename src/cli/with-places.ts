import { GantryError, UserError } from "../lib/errors.ts";
import { parsePath } from "../lib/paths.ts";
import { placeIn } from "../spec/checks/context.ts";
import type { Environment } from "../spec/environment.ts";
import type { Sources } from "../spec/sources.ts";

/** A server knows resolved data and not the file: where a problem's value was written is filled in here. */
export function withPlaces(error: unknown, environments: readonly Environment[], sources: Sources): unknown {
  if (!(error instanceof GantryError) || error.problems.length === 0) return error;
  const problems = error.problems.map((problem) => {
    const environment = environments.find((one) => one.environment === problem.environment);
    const path = parsePath(problem.path);
    if (problem.places.length > 0 || environment === undefined || path === undefined) return problem;
    return { ...problem, places: [placeIn(environment, path, sources)] };
  });
  return new UserError(error.code, error.message, { problems, ...(error.hint === undefined ? {} : { hint: error.hint }) });
}
