import { type Path, pathText } from "../../lib/paths.ts";
import type { Place, Problem, Severity } from "../../lib/problem.ts";
import { pathWithoutSecrets } from "../../lib/secrets.ts";
import { durationMs, parseDurationMs } from "../../lib/quantities.ts";
import type { Environment } from "../environment.ts";
import { memoryOf } from "../merge.ts";
import type { ProductData } from "../schema/product.ts";
import type { Sources } from "../sources.ts";

type Report = (
  code: string,
  path: Path,
  message: string,
  hint: string,
  more?: { part?: "key" | "value"; also?: readonly Place[]; severity?: Severity },
) => void;

/** What a check of the whole product sees. */
export type ProductContext = { readonly product: ProductData; readonly sources: Sources; readonly report: Report };

/** What a check of one resolved environment sees. */
export type EnvironmentContext = {
  readonly name: string;
  readonly here: Environment;
  readonly product: ProductData;
  readonly report: Report;
  readonly placeAt: (path: Path) => Place;
};

export function productContext(product: ProductData, sources: Sources, problems: Problem[]): ProductContext {
  return {
    product,
    sources,
    report: (code, path, message, hint, { part = "value", also = [], severity = "error" } = {}) =>
      problems.push({
        code,
        severity,
        path: pathText(pathWithoutSecrets(path)),
        places: [sources.placeAt(product, path, part), ...also],
        message,
        hint,
      }),
  };
}

export function environmentContext(
  here: Environment,
  product: ProductData,
  sources: Sources,
  problems: Problem[],
): EnvironmentContext {
  const placeAt = (path: Path) => placeIn(here, path, sources);
  const name = here.environment;
  return {
    name,
    here,
    product,
    placeAt,
    report: (code, path, message, hint, { also = [], severity = "error" } = {}) =>
      problems.push({
        code,
        severity,
        path: pathText(pathWithoutSecrets(path)),
        places: [placeAt(path), ...also],
        message,
        hint,
        environment: name,
      }),
  };
}

/** Where the value at a path of an environment was written; for what nobody wrote, where the thing around it was. */
export function placeIn(environment: object, path: Path, sources: Sources): Place {
  let here: unknown = environment;
  let place: Place = { file: sources.file, line: 1, column: 1 };
  const memory = memoryOf(environment);
  for (const step of path) {
    if (typeof here !== "object" || here === null) break;
    for (const { data: from } of memory.get(here) ?? []) {
      if (!Object.hasOwn(from, step)) continue;
      const source = sources.of(from);
      const found = source?.keys(String(step))?.value ?? source?.place;
      if (found) {
        place = found;
        break;
      }
    }
    here = (here as Record<string | number, unknown>)[step];
  }
  return place;
}

/** Milliseconds of a duration that may be missing. */
export function spanMs(text: string | undefined, otherwise: string): number {
  return (text === undefined ? undefined : parseDurationMs(text)) ?? durationMs(otherwise);
}

export function entries<T>(record: Readonly<Record<string, T>> | undefined): [string, T][] {
  return Object.entries(record ?? {});
}
