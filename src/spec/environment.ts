import type { Grant, Host } from "./derive.ts";
import type { EntityCollection } from "./node.ts";
import type { EnvironmentData, ProductData, ResourceData, ServiceData } from "./schema/product.ts";

type CollectionName = Exclude<EntityCollection, "services" | "resources">;
type Collections = { readonly [Name in CollectionName]: NonNullable<ProductData[Name]> };
type OfProduct = Pick<ProductData, "title" | "document" | "repository" | "tools" | "logs" | "spending" | "pipeline" | "files">;
type OfEnvironment = EnvironmentData extends infer One
  ? One extends unknown
    ? Omit<One, "overrides" | "with" | "without" | "flags" | "freezes">
    : never
  : never;

/** What a service is in one environment, with what follows from the rest of it. */
export type EnvironmentService = ServiceData & {
  readonly container?: string;
  readonly grants: readonly Grant[];
  readonly secrets: readonly string[];
};

/**
 * One environment of a product: frozen plain data with every default filled in and every override applied.
 * `originOf` says of each value where it was written.
 */
export type Environment = OfEnvironment &
  OfProduct &
  Omit<Collections, "flags"> & {
    /** Each flag, with what it is in this environment. */
    readonly flags: Readonly<Record<string, Collections["flags"][string] & { readonly is: boolean | string }>>;
    readonly schemaVersion: 1;
    readonly product: string;
    readonly environment: string;
    readonly switches?: Readonly<Record<string, string>>;
    readonly services: Readonly<Record<string, EnvironmentService>>;
    readonly resources: Readonly<Record<string, ResourceData>>;
    readonly hosts: readonly Host[];
  };
