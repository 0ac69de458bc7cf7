import type { ColumnDef } from "libpg-query";
import { type Catalogue, type Column, isConstrained, foundKeyOf, keyOf, type Table, typeOf } from "../catalogue/catalogue.ts";
import { indexesOf } from "../catalogue/indexes.ts";
import type { SafeStep } from "../finding.ts";
import { madeName, quoted, quotedName } from "../sql/quote.ts";
import type { Statement } from "../sql/parse.ts";
import { as, type Name, nameOf, wordsOf } from "../sql/tree.ts";
import { type TypeCost, typeCost } from "../sql/type-change.ts";
import { columnTypeOf, type ColumnType } from "../sql/types.ts";
import { notNullSteps } from "./backfill.ts";
import type { AlterCommand } from "../sql/pieces.ts";
import type { Context, Rule } from "./rule.ts";
import { lock, safe, step } from "./safe.ts";
import { fillStep, syncStep, unsyncSql } from "./sync.ts";

const changeColumnType: Rule = {
  id: "change-column-type",
  family: "types",
  severity: "error",
  title: "ALTER COLUMN TYPE that writes the table or its indexes anew",
  why: "Nobody reads or writes the table until each row is written in the new type, with every index; and a value that does not fit makes it fail at the end. A column of the new type beside the old one, kept alike by a trigger, costs no such wait: the two change places with the next release.",
  check(statement, context) {
    const name = nameOf(as(statement.node, "AlterTableStmt")?.relation);
    const { alter, isNew, table } = context;
    if (as(statement.node, "AlterTableStmt")?.objtype === "OBJECT_TYPE" || isNew(name)) return [];
    return (alter()?.commands ?? []).flatMap((one) => {
      const definition = one.command.subtype === "AT_AlterColumnType" ? as(one.command.def, "ColumnDef") : undefined;
      const to = columnTypeOf(definition?.typeName, definition?.collClause);
      if (definition === undefined || to === undefined) return [];
      const column = one.command.name ?? "";
      const known = table(name)?.columns.get(column);
      const cost = costOf(known, to, isKept(definition, column), context);
      if (cost === "nothing") return [];
      const relation = quotedName(name);
      const isRewrite = cost !== "indexes";
      const unless =
        cost === "rewrite unless UTC"
          ? ", unless the session's TimeZone is UTC"
          : known?.type === undefined
            ? ", unless the types are kept alike"
            : "";
      return [
        {
          from: one.from,
          to: one.to,
          says: isRewrite
            ? `${relation} is written anew as a whole with its indexes, and nobody reads or writes it meanwhile${unless}`
            : `the indexes on ${quoted(column)} are built anew, and nobody reads or writes ${relation} meanwhile`,
          locks: [lock(relation, "ACCESS EXCLUSIVE", isRewrite ? "rewrite" : "build")],
          rewrites: isRewrite ? [relation] : [],
          safe: safe(...swapSteps({ statement, command: one, definition, to, name, column, known, context })),
        },
      ];
    });
  },
};

/** USING the column itself, or a cast of it to the very type, changes nothing by itself. */
function isKept({ raw_default: using, typeName }: ColumnDef, column: string): boolean {
  const cast = as(using, "TypeCast");
  const isSameType = cast === undefined || wordsOf(cast.typeName?.names).join() === wordsOf(typeName?.names).join();
  const source = as(cast?.arg ?? using, "ColumnRef");
  return using === undefined || (isSameType && wordsOf(source?.fields).join() === column);
}

function costOf(known: Column | undefined, to: ColumnType, isPlain: boolean, { catalogue, surroundings }: Context): TypeCost {
  if (!isPlain || known?.type === undefined) return "rewrite";
  const cost = typeCost(
    baseOf(catalogue, known.type),
    to.name === known.type.name ? baseOf(catalogue, to) : unconstrained(catalogue, to),
  );
  const zone = surroundings.settings.get("timezone") ?? "";
  if (cost === "rewrite unless UTC" && /^'?(?:Etc\/)?(?:UTC|GMT|UCT|Zulu)'?$/i.test(zone.trim())) return "nothing";
  return cost;
}

function baseOf(catalogue: Catalogue, type: ColumnType): ColumnType {
  const domain = typeOf(catalogue, type);
  return domain?.base ?? type;
}

/** A domain is its base where it checks nothing. */
function unconstrained(catalogue: Catalogue, type: ColumnType): ColumnType {
  const domain = typeOf(catalogue, type);
  return domain?.base !== undefined && !isConstrained(domain) ? domain.base : type;
}

type Swap = {
  readonly statement: Statement;
  readonly command: AlterCommand;
  readonly definition: ColumnDef;
  readonly to: ColumnType;
  readonly name: Name;
  readonly column: string;
  readonly known: Column | undefined;
  readonly context: Context;
};

function swapSteps({ statement, command, definition, to, name, column, known, context }: Swap): readonly SafeStep[] {
  const relation = quotedName(name);
  const [now, later, gone] = [column, madeName(column, "new"), madeName(column, "old")].map(quoted);
  const using = /\busing\b([\s\S]*)$/i.exec(command.text)?.[1]?.trim();
  const type = to.text ?? context.sql.slice(statement.at(definition.typeName?.location), command.to);
  const expression = definition.raw_default === undefined || using === undefined ? (now ?? "") : using;
  const followed = { table: name, column: madeName(column, "new"), expression };
  const { primary, named } = keysOf(context, name, column);
  const key = quoted(madeName(name.name, column, "new_key"));
  const isRequired = known?.notNull === true;
  const swap = [
    unsyncSql(followed),
    ...(primary === undefined ? [] : [`ALTER TABLE ${relation} DROP CONSTRAINT ${quoted(primary)}`]),
    ...(isRequired ? [`ALTER TABLE ${relation} ALTER COLUMN ${now} DROP NOT NULL`] : []),
    `ALTER TABLE ${relation} RENAME COLUMN ${now} TO ${gone}`,
    `ALTER TABLE ${relation} RENAME COLUMN ${later} TO ${now}`,
    ...(primary === undefined
      ? []
      : [`ALTER TABLE ${relation} ADD CONSTRAINT ${quoted(primary)} PRIMARY KEY USING INDEX ${key}`]),
  ];
  return [
    step("A column of the new type, which takes no time", `ALTER TABLE ${relation} ADD COLUMN ${later} ${type}`),
    syncStep(followed),
    fillStep(followed),
    ...(isRequired ? notNullSteps(name, followed.column, context.version) : []),
    ...(primary === undefined
      ? []
      : [
          step(
            "The index of its key, built while writes go on",
            `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS ${key} ON ${relation} (${later})`,
            {
              inTransaction: false,
            },
          ),
        ]),
    ...(named.length === 0 ? [] : [step("What else the old one has", `-- for ${later}, too: ${named.join(", ")}`)]),
    step("The next release: the two change places in one short transaction", swap.join(";\n"), { release: "next" }),
    step("Once no revision can come back that needs it", `ALTER TABLE ${relation} DROP COLUMN ${gone}`, { release: "next" }),
  ];
}

/** What is known to be built on a column. */
function keysOf({ catalogue, table }: Context, name: Name, column: string) {
  const constraints = [...(table(name)?.constraints.values() ?? [])].filter(({ columns, mentions = [] }) =>
    [...columns, ...mentions].includes(column),
  );
  const primary = constraints.find(({ kind, columns }) => kind === "primary key" && columns.length === 1)?.name;
  const indexes = indexesOf(catalogue, foundKeyOf(catalogue, catalogue.tables, name)).flatMap(([, one]) =>
    one.columns.includes(column) ? [one] : [],
  );
  const pointing = [...catalogue.tables.values()].flatMap((other: Table) =>
    [...other.constraints.values()]
      .filter(
        ({ references }) =>
          references !== undefined && primary !== undefined && keyOf(catalogue, references) === keyOf(catalogue, name),
      )
      .map((one) => `the foreign key ${quoted(one.name)} of ${quotedName(other.name)}`),
  );
  return {
    primary,
    named: [
      ...(table(name)?.columns.get(column)?.hasDefault === true ? ["the default"] : []),
      ...indexes.map((one) => `the index ${quoted(one.name.name)}`),
      ...constraints
        .filter((one) => one.name !== primary && one.kind !== "not null")
        .map((one) => `the constraint ${quoted(one.name)}`),
      ...pointing,
    ],
  };
}

const jsonColumn: Rule = {
  id: "json-column",
  family: "types",
  severity: "warning",
  title: "A column of type json",
  why: "json has no equality, so that SELECT DISTINCT, GROUP BY and UNION fail on every row that holds it, also in code that does not look at it; and it is read anew as text at each use. jsonb has both, and indexes. It does not keep blanks, double keys and their order: where those matter, text says so.",
  isMeantInDown: true,
  check(statement, { alter, isNew }) {
    const { node, text, from, at } = statement;
    const altered = nameOf(as(node, "AlterTableStmt")?.relation);
    const isJson = (column: ColumnDef) => ["json", "pg_catalog,json"].includes(wordsOf(column.typeName?.names).join());
    const asJsonb = (columns: readonly ColumnDef[]) =>
      columns
        .map((column) => at(column.typeName?.location) - from)
        .toReversed()
        .reduce(
          (whole, type) => whole.slice(0, type) + whole.slice(type).replace(/^(pg_catalog\s*\.\s*)?"?json"?/i, "$1jsonb"),
          text,
        );
    const says = (name: string) => `${quoted(name)} cannot be compared: DISTINCT, GROUP BY and UNION fail on its rows`;
    const made = (as(node, "CreateStmt")?.tableElts ?? []).flatMap((one) => as(one, "ColumnDef") ?? []).filter(isJson);
    const added = (alter()?.commands ?? []).flatMap((one) => {
      const column = one.command.subtype === "AT_AddColumn" ? as(one.command.def, "ColumnDef") : undefined;
      return column === undefined || !isJson(column) ? [] : [{ ...one, column }];
    });
    return [
      ...made.map((column, nth) => ({
        from: at(column.location),
        to: at(column.typeName?.location) + 4,
        says: says(column.colname ?? ""),
        // The columns of one table have one safe way together.
        ...(nth === 0 ? { safe: safe(step("jsonb instead", asJsonb(made))) } : {}),
      })),
      ...added.map(({ column, from: start, to }) => ({
        from: start,
        to,
        says: says(column.colname ?? ""),
        locks: isNew(altered) ? [] : [lock(quotedName(altered), "ACCESS EXCLUSIVE", "instant")],
        safe: safe(step("jsonb instead", `${alter()?.head ?? ""} ${asJsonb([column]).slice(start - from, to - from + 1)}`)),
      })),
    ];
  },
};

export const typeRules: readonly Rule[] = [changeColumnType, jsonColumn];
