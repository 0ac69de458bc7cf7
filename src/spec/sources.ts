import type { Path } from "../lib/paths.ts";
import type { Place } from "../lib/problem.ts";
import { type KeyPlaces, type LiteralMark, callMark, literalMark } from "./places.ts";

// Where each object of a product's plain data came from. Kept beside the data, never in it: the data stays what `show` prints.

export type Source = {
  readonly place: Place | undefined;
  readonly keys: (key: string) => KeyPlaces | undefined;
};

/** Sources by object. Objects that several paths share have one source, as they were written once. */
export class Sources {
  readonly #sources = new Map<object, Source>();
  /** The file to name when nothing better is known. */
  readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  put(data: object, source: Source): void {
    this.#sources.set(data, source);
  }

  of(data: object): Source | undefined {
    return this.#sources.get(data);
  }

  /** The place of what stands at a path, or of the nearest thing around it that has one. `part` chooses the key or its value. */
  placeAt(root: unknown, path: Path, part: "key" | "value" = "value"): Place {
    let here: unknown = root;
    let place: Place = { file: this.file, line: 1, column: 1 };
    for (const [index, step] of path.entries()) {
      if (typeof here !== "object" || here === null) break;
      const source = this.#sources.get(here);
      if (source?.place) place = source.place;
      const key = source?.keys(String(step));
      if (key) place = part === "key" && index === path.length - 1 ? key.key : key.value;
      here = Object.hasOwn(here, step) ? (here as Record<string | number, unknown>)[step] : undefined;
    }
    return place;
  }
}

const none = () => undefined;

/** A source made of what the loader marked: the literal, or the call with its arguments, that wrote a value. */
export function sourceOf(
  written: {
    literal?: unknown;
    call?: object | undefined;
    args?: Readonly<Record<string, number>> | undefined;
    earlier?: Source | undefined;
  },
  around: Place | undefined,
): Source {
  const literal: LiteralMark | undefined = isObject(written.literal) ? literalMark(written.literal) : undefined;
  const call = written.call ? callMark(written.call) : undefined;
  const place = call?.place ?? literal?.place ?? around;
  if (!literal && !call && !written.earlier) return { place, keys: none };
  return {
    place,
    keys(key) {
      const inLiteral = literal?.keys.get(key);
      if (inLiteral) return inLiteral;
      const index = written.args?.[key];
      const argument = index === undefined ? undefined : call?.args[index];
      if (argument) return { key: argument, value: argument };
      return written.earlier?.keys(key);
    },
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
