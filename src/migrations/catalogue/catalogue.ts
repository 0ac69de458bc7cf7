import type { Name } from "../sql/tree.ts";

/** What made something, and whether what is read now can see it as new. */
export type Origin = {
  readonly migration: number;
  /** Differs between transactions, also of one file. */
  readonly transaction: number;
  /** Files that go out together have the same one. */
  readonly release: number;
};

export type Column = { readonly name: string; notNull?: boolean; type?: string; origin?: Origin };

export type TableConstraint = {
  readonly name: string;
  readonly kind: "check" | "not null" | "foreign key" | "unique" | "primary key" | "exclusion";
  validated: boolean;
  /** What it says of columns: those of its key, or those that its check keeps from being null. */
  readonly columns: readonly string[];
  /** Of a foreign key. */
  readonly references?: Name;
  readonly origin: Origin;
};

export type Table = {
  name: Name;
  /** Undefined for a table that no migration was seen to make: it is there, and nobody knows how large. */
  readonly origin?: Origin;
  readonly kind: "table" | "view" | "materialized view" | "unknown";
  readonly partitioned: boolean;
  readonly columns: Map<string, Column>;
  readonly constraints: Map<string, TableConstraint>;
};

export type Index = {
  name: Name;
  readonly table: Name;
  readonly unique: boolean;
  /** Plain columns; an expression counts as none. */
  readonly columns: readonly string[];
  readonly partial: boolean;
  readonly origin: Origin;
};

export type Routine = { readonly volatility: "immutable" | "stable" | "volatile" };
export type TypeKind = "enum" | "domain" | "composite" | "range";
export type CustomType = { readonly kind: TypeKind; readonly origin: Origin; readonly addedValues: Map<string, Origin> };

/**
 * What the migrations read so far have made and changed. It knows nothing of the database: what it does not know is there,
 * and may be large.
 */
export type Catalogue = {
  searchPath: string;
  readonly tables: Map<string, Table>;
  readonly indexes: Map<string, Index>;
  readonly types: Map<string, CustomType>;
  readonly routines: Map<string, Routine>;
  readonly schemas: Map<string, Origin>;
};

export function createCatalogue(): Catalogue {
  return {
    searchPath: "public",
    tables: new Map(),
    indexes: new Map(),
    types: new Map(),
    routines: new Map(),
    schemas: new Map(),
  };
}

export function keyOf(catalogue: Catalogue, { schema, name }: Name): string {
  return JSON.stringify([schema ?? catalogue.searchPath, name]);
}

export function tableOf(catalogue: Catalogue, name: Name): Table | undefined {
  return catalogue.tables.get(keyOf(catalogue, name));
}

export function indexOf(catalogue: Catalogue, name: Name): Index | undefined {
  return catalogue.indexes.get(keyOf(catalogue, name));
}

/** The table, remembered from now on also where no migration was seen to make it. */
export function knownTable(catalogue: Catalogue, name: Name): Table {
  const key = keyOf(catalogue, name);
  const known = catalogue.tables.get(key) ?? emptyTable(name, { kind: "unknown", partitioned: false });
  catalogue.tables.set(key, known);
  return known;
}

export function emptyTable(name: Name, about: Pick<Table, "kind" | "partitioned" | "origin">): Table {
  return { name, ...about, columns: new Map(), constraints: new Map() };
}

/** A validated constraint by which no row has a null there, which spares SET NOT NULL its scan. */
export function provesNotNull(table: Table | undefined, column: string): TableConstraint | undefined {
  return [...(table?.constraints.values() ?? [])].find(
    ({ kind, validated, columns }) => validated && (kind === "check" || kind === "not null") && columns.includes(column),
  );
}
