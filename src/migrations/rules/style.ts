import type { ColumnDef, TypeName } from "libpg-query";
import { onceFor } from "../../lib/once-for.ts";
import { foundKeyOf } from "../catalogue/catalogue.ts";
import { indexesOf } from "../catalogue/indexes.ts";
import { quoted } from "../sql/quote.ts";
import { type Token, type Statement, tokensOf } from "../sql/parse.ts";
import { as, nameOf, wordsOf } from "../sql/tree.ts";
import { constraintsOf } from "./columns.ts";
import type { Rule } from "./rule.ts";

// What works, and what people wish later that they had written otherwise. All of it is advice.

type Column = { readonly column: ColumnDef; readonly type: TypeName; readonly isKey: boolean };

/** The columns that a statement makes, or gives another type; as one that is a key by itself where it says so. */
const columnsOf = ({ node }: Statement): readonly Column[] => columnsIn(node);

/** Each rule of a column asks it. */
const columnsIn = onceFor((node: Statement["node"]): readonly Column[] => {
  const create = as(node, "CreateStmt");
  const elements =
    create?.tableElts ??
    (as(node, "AlterTableStmt")?.cmds ?? []).flatMap((one) => {
      const command = as(one, "AlterTableCmd");
      return ["AT_AddColumn", "AT_AlterColumnType", undefined].includes(command?.subtype) ? (command?.def ?? []) : [];
    });
  const keys = elements.flatMap((one) => {
    const constraint = as(one, "Constraint");
    const columns = wordsOf(constraint?.keys);
    return constraint?.contype === "CONSTR_PRIMARY" && columns.length === 1 ? columns : [];
  });
  return elements.flatMap((one) => {
    const column = as(one, "ColumnDef");
    if (column?.typeName === undefined) return [];
    const isKey =
      keys.includes(column.colname ?? "") || constraintsOf(column).some(({ contype }) => contype === "CONSTR_PRIMARY");
    return [{ column, type: column.typeName, isKey }];
  });
});

type About = Pick<Rule, "id" | "title" | "why"> & { readonly says: (column: Column, name: string) => string | undefined };

function columnRule({ says, ...about }: About): Rule {
  return {
    ...about,
    family: "style",
    severity: "advice",
    check: (statement) =>
      columnsOf(statement).flatMap((column) => {
        const said = says(column, wordsOf(column.type.names).at(-1) ?? "");
        if (said === undefined) return [];
        const from = statement.at(column.type.location);
        return [{ from, to: from + typeLength(statement.text.slice(from - statement.from)), says: said }];
      }),
  };
}

const typeWords =
  /^(?:(?:national\s+)?(?:character|char)\s+varying|timestamp(?:\s*\([^)]*\))?\s+without\s+time\s+zone|[\p{L}\p{N}_$."]+)(?:\s*\([^)]*\))?/iu;

function typeLength(text: string): number {
  return typeWords.exec(text)?.[0].length ?? 1;
}

const typeChar = columnRule({
  id: "type-char",
  title: "A column of char(n)",
  why: "Values are filled with blanks up to the length, which comparing and joining with text stumble over, and it is no faster. text with a CHECK says the same.",
  says: ({ type }, name) => (name === "bpchar" && (type.typmods ?? []).length > 0 ? "values are filled with blanks" : undefined),
});

const typeVarchar = columnRule({
  id: "type-varchar",
  title: "A column of varchar(n)",
  why: "Another length is another type: to make it shorter reads or writes the whole table under the strongest lock. text with CHECK (length(…) <= n) is as good, and a CHECK can be changed while the table is used.",
  says: ({ type }, name) =>
    name === "varchar" && (type.typmods ?? []).length > 0 ? "its length is part of its type, and hard to change" : undefined,
});

const typeTimestamp = columnRule({
  id: "type-timestamp",
  title: "A column of timestamp without time zone",
  why: "It says what a clock on some wall showed, and not when: two writers with different time zones mean different moments by it. timestamptz takes as much room, and to change to it later may write the whole table anew.",
  says: (_, name) => (name === "timestamp" ? "it does not say which moment is meant" : undefined),
});

const keyInteger = columnRule({
  id: "key-integer",
  title: "A primary key that is smaller than bigint",
  why: "After two thousand million numbers (smallint: thirty thousand), those of rows that are long gone and of inserts that failed among them, every insert fails; to change the type then writes the table anew, and each one that refers to it.",
  says: ({ isKey }, name) =>
    isKey && ["int4", "int2", "serial", "serial4", "smallserial", "serial2"].includes(name)
      ? "its numbers may run out; bigint's do not"
      : undefined,
});

const typeSerial = columnRule({
  id: "type-serial",
  title: "A column of serial",
  why: "It is no type but a default and a sequence, with rights and an owner of their own, and whoever gives a value makes the next insert fail. GENERATED ALWAYS AS IDENTITY is one thing, and of the standard.",
  says: (_, name) =>
    /^(?:big|small)?serial[248]?$/.test(name) ? "GENERATED ALWAYS AS IDENTITY keeps column and numbers together" : undefined,
});

const indexWide: Rule = {
  id: "index-wide",
  family: "style",
  severity: "advice",
  title: "An index of more than three columns",
  why: "Each write keeps all of it up to date, and what stands behind the third column rarely makes a query faster. INCLUDE holds what is only read from it.",
  check({ node }) {
    const index = as(node, "IndexStmt");
    const columns = index?.indexParams?.length ?? 0;
    return index === undefined || index.unique === true || columns <= 3
      ? []
      : [{ says: `it has ${columns} columns, and each write keeps all of them up to date` }];
  },
};

const indexRepeated: Rule = {
  id: "index-repeated",
  family: "style",
  severity: "advice",
  title: "An index of which there is one already",
  why: "Every write keeps both up to date, and queries use one of them. An index serves also those that ask only for the first of its columns.",
  check({ node }, { catalogue, table: tableOf }) {
    const index = as(node, "IndexStmt");
    const params = (index?.indexParams ?? []).flatMap((one) => as(one, "IndexElem") ?? []);
    const columns = params.flatMap(({ name, ordering }) => (name === undefined || ordering === "SORTBY_DESC" ? [] : [name]));
    const twice = columns.find((one, nth) => columns.indexOf(one) !== nth);
    if (twice !== undefined && params.every(({ opclass }) => opclass === undefined))
      return [{ says: `${quoted(twice)} stands in it twice` }];
    const plain = index?.whereClause === undefined && (index?.accessMethod ?? "btree") === "btree";
    if (index === undefined || index.unique === true || !plain || columns.length !== params.length) return [];
    const serves = (other: readonly string[]) =>
      other.length >= columns.length && columns.every((one, nth) => other[nth] === one);
    const table = nameOf(index.relation);
    const keys = [...(tableOf(table)?.constraints.values() ?? [])];
    const key = keys.find((one) => (one.kind === "primary key" || one.kind === "unique") && serves(one.columns));
    // Whoever has that many has other worries, and every index would be compared with every other.
    const tableKey = foundKeyOf(catalogue, catalogue.tables, table);
    const isLong = (catalogue.indexesOf.get(tableKey)?.size ?? 0) > 200;
    const indexes = isLong ? [] : indexesOf(catalogue, tableKey);
    const other = indexes.find(([, one]) => !one.partial && one.name.name !== index.idxname && serves(one.columns))?.[1];
    const name = key?.name ?? other?.name.name;
    return name === undefined ? [] : [{ says: `${quoted(name)} serves the same queries` }];
  },
};

const nameTooLong: Rule = {
  id: "name-too-long",
  family: "style",
  severity: "advice",
  title: "A name of more than 63 bytes",
  why: "Postgres cuts it without an error: it has another name than the code says, and two names that differ only behind that are the same.",
  check({ text, from }, { parser }) {
    // Two thirds of a name's bytes may be in letters that are one unit.
    if (!/[^\s"'(),;.]{21,}|"[^"]{21,}"/.test(text)) return [];
    return tokensOf(parser, text)
      .filter((token) => token.kind === "IDENT" && Buffer.byteLength(nameIn(token), "utf8") > 63)
      .map((token) => ({
        from: from + token.from,
        to: from + token.to,
        says: `it has ${Buffer.byteLength(nameIn(token), "utf8")} bytes, of which Postgres keeps 63`,
      }));
  },
};

function nameIn({ text }: Token): string {
  return text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

const nameNeedsQuotes: Rule = {
  id: "name-needs-quotes",
  family: "style",
  severity: "advice",
  title: "A name that needs quotes wherever it is used",
  why: "Without them it is another name, in lower case, or no name at all: every query has to have them, also those that are typed in a hurry.",
  check(statement) {
    const { node } = statement;
    const table = as(node, "CreateStmt")?.relation?.relname ?? as(node, "ViewStmt")?.view?.relname;
    const made = [table, as(node, "IndexStmt")?.idxname, ...columnsOf(statement).map(({ column }) => column.colname)];
    const named = made.filter((one) => one !== undefined && !/^[\p{Ll}\p{Lo}_][\p{Ll}\p{Lo}\p{N}_$]*$/u.test(one));
    return named.length === 0
      ? []
      : [{ says: `${named.map((one) => quoted(one ?? "")).join(", ")} needs quotes in every query` }];
  },
};

const schemaMissing: Rule = {
  id: "schema-missing",
  family: "style",
  severity: "advice",
  title: "A table that is named without its schema",
  why: "Which one is meant depends on the search_path of whoever runs the migration. Asked only where somebody asks for it: most products have one schema.",
  isOff: true,
  check({ node }) {
    const relation =
      as(node, "CreateStmt")?.relation ??
      as(node, "AlterTableStmt")?.relation ??
      as(node, "IndexStmt")?.relation ??
      as(node, "ViewStmt")?.view;
    return relation === undefined || relation.schemaname !== undefined || relation.relpersistence === "t"
      ? []
      : [{ says: `which schema ${quoted(relation.relname ?? "")} is in depends on who runs it` }];
  },
};

export const styleRules: readonly Rule[] = [
  typeChar,
  typeVarchar,
  typeTimestamp,
  keyInteger,
  typeSerial,
  indexWide,
  indexRepeated,
  nameTooLong,
  nameNeedsQuotes,
  schemaMissing,
];
