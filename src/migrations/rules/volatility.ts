import { type Catalogue, keyOf } from "../catalogue/catalogue.ts";
import { allOf, nameOfWords, wordsOf } from "../sql/tree.ts";

/** Functions of Postgres (15 to 18) and of its usual extensions that give another value each time: those that somebody has as a default. */
const volatile = new Set(
  (
    "random random_normal setseed clock_timestamp timeofday nextval currval lastval setval gen_random_uuid uuidv4 uuidv7 " +
    "pg_sleep pg_sleep_for pg_sleep_until uuid_generate_v1 uuid_generate_v1mc uuid_generate_v4 gen_random_bytes gen_salt"
  ).split(" "),
);

/** The volatile functions that an expression calls. */
export function volatileCalls(expression: unknown, catalogue: Catalogue): readonly string[] {
  return allOf(expression, "FuncCall").flatMap(({ funcname }) => {
    const words = wordsOf(funcname);
    const known = catalogue.routines.get(keyOf(catalogue, nameOfWords(words)));
    const name = words.at(-1) ?? "";
    return known?.volatility === "volatile" || (known === undefined && volatile.has(name)) ? [name] : [];
  });
}
