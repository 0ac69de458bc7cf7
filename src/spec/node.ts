import { expand } from "./shorthand.ts";

// What builders return. A node carries typed handles for whoever writes the spec (`db.url`, `tokens.decrypt`) and, hidden beside it,
// what it means as data. `normalise` turns the one into the other.
//
// 1. A node is frozen: what was made once cannot differ between two places that refer to it.
// 2. An entity is written down once, under its collection and name; wherever else it stands it becomes `{ ref: "collection.name" }`.
// 3. A value stands where it is used, as the data it describes.

/** What a product has by name. */
export const entityCollections = [
  "services",
  "resources",
  "secrets",
  "channels",
  "roles",
  "approvals",
  "slos",
  "alerts",
  "dashboards",
  "uptime",
  "flags",
  "datasets",
  "tenants",
  "resets",
  "freezes",
  "policies",
  "runbooks",
  "exercises",
  "checks",
] as const;

export type EntityCollection = (typeof entityCollections)[number];
export type Collection = EntityCollection | "environments";

export type EntityMeaning = {
  readonly kind: "entity";
  readonly collection: Collection;
  readonly name: string | undefined;
} & Written;
export type ValueMeaning = { readonly kind: "value" } & Written;
export type ReferenceMeaning = {
  readonly kind: "reference";
  readonly to: object;
  readonly with: Readonly<Record<string, unknown>>;
};
export type ChangeMeaning = { readonly kind: "change"; readonly of: object; readonly changes: unknown };

/** Data, and where its keys were written: in an options object, as an argument of the call, or by an earlier link of a chain. */
type Written = {
  readonly data: Readonly<Record<string, unknown>>;
  readonly given?: unknown;
  readonly args?: Readonly<Record<string, number>>;
  readonly earlier?: object;
};

export type Meaning = EntityMeaning | ValueMeaning | ReferenceMeaning | ChangeMeaning;

const meanings = new WeakMap<object, Meaning>();

export function meaningOf(value: object): Meaning | undefined {
  return meanings.get(value);
}

/** A handle is no text: glued into some it would be lost, and `[object Object]` found in production. */
function refuseText(node: object): void {
  Object.defineProperty(node, Symbol.toPrimitive, {
    value: () => {
      throw new TypeError("a handle cannot be glued into text: write it as a value of its own, as env: { URL: db.url }");
    },
  });
}

/** Something with a name of its own. `given` is the options object its writer passed; `args` says which argument a key came from. */
export function entity<T extends object>(
  node: T,
  collection: Collection,
  name: string | undefined,
  written: { data: object; given?: unknown; args?: Record<string, number> },
): T {
  meanings.set(node, {
    kind: "entity",
    collection,
    name,
    ...written,
    data: expand(collection, written.data as Record<string, unknown>),
  });
  refuseText(node);
  return Object.freeze(node);
}

/** Something that is only data, put down where it stands. */
export function value<T extends object>(
  node: T,
  data: object,
  written: { given?: unknown; args?: Record<string, number>; earlier?: object } = {},
): T {
  meanings.set(node, { kind: "value", data: data as Record<string, unknown>, ...written });
  refuseText(node);
  return Object.freeze(node);
}

/** A part of an entity: its address, one of its access rights, some of its routes. */
export function reference<T extends object>(node: T, to: object, attributes: Record<string, unknown>): T {
  meanings.set(node, { kind: "reference", to, with: attributes });
  refuseText(node);
  return Object.freeze(node);
}

/** What an environment changes of an entity. */
export function change<T extends object>(node: T, of: object, changes: unknown): T {
  meanings.set(node, { kind: "change", of, changes });
  refuseText(node);
  return Object.freeze(node);
}

/** Options as plain own properties; anything that is no object is left for validation to complain about. */
export function options(given: unknown): Record<string, unknown> {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    return given === undefined ? {} : { "(options)": given };
  return Object.fromEntries(Object.entries(given));
}
