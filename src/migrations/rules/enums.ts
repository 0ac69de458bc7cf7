import { type Catalogue, tableOf, typeOf } from "../catalogue/catalogue.ts";
import { literal, quotedName } from "../sql/quote.ts";
import type { Statement } from "../sql/parse.ts";
import { allOf, as, nameOf, nameOfWords, wordsOf } from "../sql/tree.ts";
import type { Rule } from "./rule.ts";
import { safe, step } from "./safe.ts";

const enumValueOrder: Rule = {
  id: "enum-value-order",
  family: "enums",
  severity: "advice",
  title: "ALTER TYPE … ADD VALUE that does not say where",
  why: "Values of an enum are ordered, and a new one goes behind all others unless it says BEFORE or AFTER which: ORDER BY and comparisons follow. It can be taken away or moved never again. Saying where it belongs shows that somebody has thought of it, and makes it the same in each database.",
  isMeantInDown: true,
  check({ node, text }, { catalogue, origin }) {
    const add = as(node, "AlterEnumStmt");
    if (add?.newVal === undefined || add.oldVal !== undefined || add.newValNeighbor !== undefined) return [];
    const name = nameOfWords(wordsOf(add.typeName));
    const known = typeOf(catalogue, name);
    if (known?.origin?.release === origin.release) return [];
    const last = known?.values?.at(-1);
    return [
      {
        says: `${literal(add.newVal)} goes behind all other values of ${quotedName(name)}, for good`,
        ...(last === undefined ? {} : { safe: safe(step("Say where it belongs", `${text} AFTER ${literal(last)}`)) }),
      },
    ];
  },
};

const enumValueInTransaction: Rule = {
  id: "enum-value-in-same-transaction",
  family: "enums",
  severity: "error",
  title: "A new value of an enum used in the transaction that adds it",
  why: "Postgres refuses it (unsafe use of new value): the value counts only once its transaction is committed. The migration fails when it runs.",
  check(statement, { catalogue, surroundings }) {
    const { transaction } = surroundings;
    if (transaction === undefined || statement.kind === "AlterEnumStmt") return [];
    const added = [...catalogue.types].flatMap(([key, { origin, addedValues }]) =>
      origin?.transaction === transaction
        ? []
        : [...addedValues].flatMap(([value, made]) => (made.transaction === transaction ? [{ key, value }] : [])),
    );
    if (added.length === 0) return [];
    const said = new Set(allOf(statement.node, "A_Const").flatMap(({ sval }) => sval?.sval ?? []));
    const used = added.find(({ key, value }) => said.has(value) && typesIn(catalogue, statement).has(key));
    if (used === undefined) return [];
    return [
      {
        says: `${literal(used.value)} cannot be used before the transaction that adds it is committed`,
        safe: safe(step("In a migration of its own, behind the one that adds the value", statement.text)),
      },
    ];
  },
};

/** The types that a statement names, or that a table of it has. */
function typesIn(catalogue: Catalogue, { node }: Statement): ReadonlySet<string> {
  const keyFor = (schema: string | undefined, name: string) =>
    [...catalogue.types.keys()].filter((key) => {
      const [itsSchema, itsName] = JSON.parse(key) as [string, string];
      return itsName === name && (schema === undefined || schema === itsSchema);
    });
  const named = allOf(node, "TypeCast").flatMap(({ typeName }) => {
    const { schema, name } = nameOfWords(wordsOf(typeName?.names));
    return keyFor(schema, name);
  });
  const relations = [
    ...allOf(node, "RangeVar").map(nameOf),
    ...["InsertStmt", "UpdateStmt", "DeleteStmt", "AlterTableStmt"].flatMap((kind) => {
      const relation = (node as unknown as Record<string, { relation?: Parameters<typeof nameOf>[0] } | undefined>)[kind]
        ?.relation;
      return relation === undefined ? [] : [nameOf(relation)];
    }),
  ];
  const ofColumns = relations.flatMap((one) =>
    [...(tableOf(catalogue, one)?.columns.values() ?? [])].flatMap(({ type }) =>
      type === undefined ? [] : keyFor(type.schema, type.name),
    ),
  );
  return new Set([...named, ...ofColumns]);
}

const enumType: Rule = {
  id: "enum-type",
  family: "enums",
  severity: "advice",
  title: "CREATE TYPE … AS ENUM",
  why: "A value of an enum can be added, but never be taken away, and to change the order of values is to make another type and write every table anew. Where values may go one day, a table of them with a foreign key, or a CHECK that names them, can be changed while the table is in use.",
  isMeantInDown: true,
  check({ node }) {
    const made = as(node, "CreateEnumStmt");
    if (made === undefined) return [];
    return [{ says: `values of ${quotedName(nameOfWords(wordsOf(made.typeName)))} can never be taken away again` }];
  },
};

export const enumRules: readonly Rule[] = [enumValueOrder, enumValueInTransaction, enumType];
