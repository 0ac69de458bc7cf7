import type { Name } from "../sql/tree.ts";
import type { ColumnType } from "../sql/types.ts";

/** What made something, and whether what is read now can see it as new. */
export type Origin = {
  readonly migration: number;
  /** Differs between transactions, also of one file. */
  readonly transaction: number;
  /** Files that go out together have the same one. */
  readonly release: number;
};

export type Column = {
  readonly name: string;
  readonly notNull?: boolean;
  readonly hasDefault?: boolean;
  readonly type?: ColumnType;
  readonly origin?: Origin;
};

export type TableConstraint = {
  readonly name: string;
  readonly kind: "check" | "not null" | "foreign key" | "unique" | "primary key" | "exclusion";
  readonly validated: boolean;
  /** What it says of columns: those of its key, or those that its check keeps from being null. */
  readonly columns: readonly string[];
  /** Every column that its check speaks of. */
  readonly mentions?: readonly string[];
  /** Of a foreign key. */
  readonly references?: Name;
  readonly origin: Origin;
};

/** Nothing in it changes: who changes a table puts another one in its place. */
export type Table = {
  readonly name: Name;
  /** Undefined for a table that no migration was seen to make: it is there, and nobody knows how large. */
  readonly origin?: Origin;
  readonly kind: "table" | "view" | "materialized view" | "unknown";
  readonly partitioned: boolean;
  /** How rows go to its partitions: `created`; an expression counts as none. */
  readonly partitionKey?: readonly string[];
  readonly partitionOf?: Name;
  readonly columns: ReadonlyMap<string, Column>;
  readonly constraints: ReadonlyMap<string, TableConstraint>;
};

export type Index = {
  readonly name: Name;
  readonly table: Name;
  readonly tableKey: string;
  readonly unique: boolean;
  /** Plain columns; an expression counts as none. */
  readonly columns: readonly string[];
  readonly partial: boolean;
  readonly origin: Origin;
};

export type Routine = { readonly volatility: "immutable" | "stable" | "volatile" };
export type TypeKind = "enum" | "domain" | "composite" | "range";
export type CustomType = {
  readonly kind: TypeKind;
  /** Undefined for one that no migration was seen to make. */
  readonly origin?: Origin;
  readonly addedValues: ReadonlyMap<string, Origin>;
  /** Of an enum that a migration was seen to make, in their order. */
  readonly values?: readonly string[];
  /** Of a domain. */
  readonly base?: ColumnType;
  /** What it says of VALUE, each as it is written: `value > 0`. */
  readonly checks?: readonly string[];
  readonly isNotNull?: boolean;
};

/**
 * What the migrations read so far have made and changed. It knows nothing of the database: what it does not know is there,
 * and may be large.
 */
export type Catalogue = {
  searchPath: readonly string[];
  readonly tables: Map<string, Table>;
  /** Changed through `putIndex` and `removeIndex` alone. */
  readonly indexes: Map<string, Index>;
  /** The keys of a table's indexes by its own. */
  readonly indexesOf: Map<string, Set<string>>;
  readonly types: Map<string, CustomType>;
  readonly routines: Map<string, Routine>;
  readonly schemas: Map<string, Origin>;
};

export function createCatalogue(): Catalogue {
  return {
    searchPath: ["public"],
    tables: new Map(),
    indexes: new Map(),
    indexesOf: new Map(),
    types: new Map(),
    routines: new Map(),
    schemas: new Map(),
  };
}

/** What is changed in the copy is not changed in the other, as nothing within it ever changes. */
export function copyOf({ searchPath, tables, indexes, indexesOf, types, routines, schemas }: Catalogue): Catalogue {
  return {
    searchPath,
    tables: new Map(tables),
    indexes: new Map(indexes),
    indexesOf: new Map([...indexesOf].map(([table, keys]) => [table, new Set(keys)])),
    types: new Map(types),
    routines: new Map(routines),
    schemas: new Map(schemas),
  };
}

/** Makes the catalogue again what it was when it was copied. */
export function goBackTo(catalogue: Catalogue, copy: Catalogue): void {
  catalogue.searchPath = copy.searchPath;
  refill(catalogue.tables, copy.tables);
  refill(catalogue.indexes, copy.indexes);
  refill(catalogue.indexesOf, copyOf(copy).indexesOf);
  refill(catalogue.types, copy.types);
  refill(catalogue.routines, copy.routines);
  refill(catalogue.schemas, copy.schemas);
}

function refill<Key, Value>(map: Map<Key, Value>, from: ReadonlyMap<Key, Value>): void {
  map.clear();
  for (const [key, value] of from) map.set(key, value);
}

/** Where something of the name is made. */
export function keyOf({ searchPath }: Catalogue, { schema, name }: Name): string {
  return keyIn(schema ?? searchPath[0] ?? "", name);
}

function keyIn(schema: string, name: string): string {
  return JSON.stringify([schema, name]);
}

/** Where something of the name is found: in the first schema of the search path that has it, else where it would be made. */
export function foundKeyOf(catalogue: Catalogue, known: ReadonlyMap<string, unknown>, { schema, name }: Name): string {
  if (schema !== undefined) return keyIn(schema, name);
  const first = catalogue.searchPath.find((one) => known.has(keyIn(one, name)));
  return first === undefined ? keyOf(catalogue, { name }) : keyIn(first, name);
}

export function tableOf(catalogue: Catalogue, name: Name): Table | undefined {
  return catalogue.tables.get(foundKeyOf(catalogue, catalogue.tables, name));
}

export function indexOf(catalogue: Catalogue, name: Name): Index | undefined {
  return catalogue.indexes.get(foundKeyOf(catalogue, catalogue.indexes, name));
}

export function typeOf(catalogue: Catalogue, name: Name): CustomType | undefined {
  return catalogue.types.get(foundKeyOf(catalogue, catalogue.types, name));
}

export function routineOf(catalogue: Catalogue, name: Name): Routine | undefined {
  return catalogue.routines.get(foundKeyOf(catalogue, catalogue.routines, name));
}

/** Both name the same relation. */
export function isSame(catalogue: Catalogue, a: Name, b: Name): boolean {
  return foundKeyOf(catalogue, catalogue.tables, a) === foundKeyOf(catalogue, catalogue.tables, b);
}

/** The columns of a type. */
export function columnsOfType(catalogue: Catalogue, type: Name): readonly { readonly table: Table; readonly column: Column }[] {
  const key = foundKeyOf(catalogue, catalogue.types, type);
  return [...catalogue.tables.values()].flatMap((table) =>
    [...table.columns.values()].flatMap((column) =>
      column.type !== undefined && foundKeyOf(catalogue, catalogue.types, column.type) === key ? [{ table, column }] : [],
    ),
  );
}

export function isConstrained({ checks = [], isNotNull }: CustomType): boolean {
  return checks.length > 0 || isNotNull === true;
}

/** Puts the table as a change makes it, remembered from now on also where no migration was seen to make it. */
export function changeTable(catalogue: Catalogue, name: Name, change: (table: Table) => Table): void {
  const key = foundKeyOf(catalogue, catalogue.tables, name);
  catalogue.tables.set(key, change(catalogue.tables.get(key) ?? emptyTable(name, { kind: "unknown", partitioned: false })));
}

export function emptyTable(name: Name, about: Pick<Table, "kind" | "partitioned" | "origin">): Table {
  return { name, ...about, columns: new Map(), constraints: new Map() };
}

export function withColumn(table: Table, name: string, about: Partial<Column>): Table {
  const columns = new Map(table.columns).set(name, { ...table.columns.get(name), ...about, name });
  return { ...table, columns };
}

export function withoutColumn(table: Table, name: string): Table {
  const columns = new Map(table.columns);
  columns.delete(name);
  return { ...table, columns };
}

export function withConstraint(table: Table, constraint: TableConstraint): Table {
  return { ...table, constraints: new Map(table.constraints).set(constraint.name, constraint) };
}

export function withoutConstraint(table: Table, name: string): Table {
  const constraints = new Map(table.constraints);
  constraints.delete(name);
  return { ...table, constraints };
}

/** A validated constraint by which no row has a null there, which spares SET NOT NULL its scan. */
export function provesNotNull(table: Table | undefined, column: string): TableConstraint | undefined {
  return [...(table?.constraints.values() ?? [])].find(
    ({ kind, validated, columns }) => validated && (kind === "check" || kind === "not null") && columns.includes(column),
  );
}
