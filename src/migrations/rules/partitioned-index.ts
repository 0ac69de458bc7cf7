import type { IndexStmt } from "libpg-query";
import { type Partitions, partitionsIn } from "../catalogue/partitions.ts";
import { isSame } from "../catalogue/catalogue.ts";
import type { SafeStep } from "../finding.ts";
import { madeName, quoted, quotedName } from "../sql/quote.ts";
import { type Statement, tokensOf } from "../sql/parse.ts";
import { as, type Name, nameOf } from "../sql/tree.ts";
import type { Context } from "./rule.ts";
import { step } from "./safe.ts";

const mostPartitions = 500;

type Around = { readonly head: string; readonly tail: string; readonly context: Context; readonly partitions: Partitions };
type Place = { readonly table: Name; readonly index: string; readonly parent?: string };

/**
 * An index of a partitioned table, built on one partition after the other while writes go on. Nothing where no partition is known, or
 * where the name of the index is not.
 */
export function partitionedSteps(statement: Statement, index: IndexStmt, context: Context): readonly SafeStep[] {
  const table = nameOf(index.relation);
  const partitions = partitionsIn(context.catalogue);
  const below = partitions.below(table);
  // Nobody pastes more; and what hangs in a ring cannot be taken one below the other.
  const isRing = below.some(({ name }) => partitions.of(name).some((one) => isSame(context.catalogue, one.name, table)));
  if (below.length === 0 || below.length > mostPartitions || isRing) return [];
  const columns = (index.indexParams ?? []).flatMap((one) => as(one, "IndexElem")?.name ?? []);
  const name = index.idxname ?? madeName(table.name, ...columns, "idx");
  const start = statement.at(index.relation?.location) - statement.from;
  const behind = tokensOf(context.parser, statement.text).find(
    ({ from }) => from >= start + 1 && isBehindName(statement.text, start, from),
  );
  if (behind === undefined) return [];
  const head = `CREATE ${index.unique === true ? "UNIQUE " : ""}INDEX`;
  return steps({ table, index: name }, { head, tail: statement.text.slice(behind.from), context, partitions });
}

/** Past the relation's name: what stands there is `USING` or a bracket. */
function isBehindName(text: string, start: number, from: number): boolean {
  return /^(?:\(|using\b)/i.test(text.slice(from)) && from > start;
}

function steps({ table, index, parent }: Place, around: Around): readonly SafeStep[] {
  const { head, tail, context, partitions } = around;
  const parts = partitions.of(table);
  const attached =
    parent === undefined
      ? []
      : [
          step(
            "It becomes a part of the whole",
            `ALTER INDEX ${parent} ATTACH PARTITION ${quotedName({ ...table, name: index })}`,
          ),
        ];
  const isLeaf = parts.length === 0 && context.table(table)?.partitioned !== true;
  if (isLeaf)
    return [
      step(
        "One on a partition, built while writes go on",
        `${head} CONCURRENTLY IF NOT EXISTS ${quoted(index)} ON ${quotedName(table)} ${tail}`,
        { inTransaction: false },
      ),
      ...attached,
    ];
  const whole = quotedName({ ...table, name: index });
  return [
    step("A frame of it, in which nothing is built yet", `${head} ${quoted(index)} ON ONLY ${quotedName(table)} ${tail}`),
    ...attached,
    ...parts.flatMap((part) => steps({ table: part.name, index: madeName(index, part.name.name), parent: whole }, around)),
  ];
}
