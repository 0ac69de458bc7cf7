import path from "node:path";
import type { Place } from "../lib/problem.ts";
import type { Environment } from "../spec/environment.ts";
import { originsOf } from "../spec/explain.ts";
import type { Sources } from "../spec/sources.ts";
import type { SentOrigins } from "../wire/origins.ts";

/**
 * Where an environment was written, for whoever gets it as plain data. What a value is, they see there. Files are named as seen from the folder
 * of the spec: wherever it is said, it is read elsewhere.
 */
export function sentOrigins(environment: Environment, sources: Sources): SentOrigins {
  const folder = path.dirname(path.resolve(sources.file));
  const fromThere = ({ file, ...rest }: Place): Place => ({ ...rest, file: path.relative(folder, path.resolve(file)) });
  const placed = <One extends { readonly place?: Place }>({ place, ...rest }: One) => ({
    ...rest,
    ...(place === undefined ? {} : { place: fromThere(place) }),
  });
  return Object.fromEntries(
    Object.entries(originsOf(environment, sources)).map(([at, { from, overrode }]) => {
      const { layer, why, place } = placed(from);
      return [
        at,
        {
          from: { layer, ...(why === undefined ? {} : { why }), ...(place === undefined ? {} : { place }) },
          overrode: overrode.map(placed),
        },
      ];
    }),
  );
}
