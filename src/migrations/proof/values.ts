import type { BaseType, Column } from "./tables.ts";

/**
 * SQL over the number of a row, `g`, from 1 on. `distinct` never gives the same twice; what comes first is what is taken where nothing
 * is demanded.
 */
export type Value = { readonly sql: string; readonly distinct: boolean };

export const literalOf = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** A number that looks random and is the same each time: of this seed, column and row. */
const noise = (salt: string, seed: number): string => `(hashtextextended(${literalOf(salt)} || g, ${seed}) & 1073741823)`;

export type Asked = {
  readonly table: string;
  readonly column: Column;
  readonly seed: number;
  readonly literals: readonly string[];
};

/** What may be tried for a column, the likeliest first. None where nothing is known about its type. */
export function valuesFor({ table, column, seed, literals }: Asked): readonly Value[] {
  const n = noise(`${table}.${column.name}.`, seed);
  const { base, type } = column;
  const plain = base.array
    ? plainOf(base, n, []).map(({ sql }) => ({ sql: `ARRAY[(${sql})::${base.written}]`, distinct: false }))
    : plainOf(base, n, literals);
  const cast = plain.map(({ sql, distinct }) => ({ sql: `(${sql})::${type}`, distinct }));
  return base.array ? [...cast, { sql: `'{}'::${type}`, distinct: false }] : cast;
}

const distinct = (...all: readonly string[]): readonly Value[] => all.map((sql) => ({ sql, distinct: true }));
const some = (...all: readonly string[]): readonly Value[] => all.map((sql) => ({ sql, distinct: false }));

function plainOf(base: BaseType, n: string, literals: readonly string[]): readonly Value[] {
  if (base.kind === "enum")
    return base.labels.length === 0
      ? []
      : some(
          `(ARRAY[${base.labels.map(literalOf).join(", ")}])[1 + ${n} % ${base.labels.length}]`,
          ...base.labels.map(literalOf),
        );
  if (base.kind === "range") return rangeOf(base, n);
  if (base.kind === "multirange") return some("'{}'");
  if (base.kind === "composite") return some("NULL");
  const given = literals.map(literalOf);
  const numbers = literals.filter((one) => /^-?\d+(\.\d+)?$/.test(one));
  const near = numbers.flatMap((one) => [one, `${one} + 1`, `${one} - 1`]);
  const between = spread(numbers, n);
  switch (base.name) {
    case "bool":
      return some(`${n} % 2 = 0`, "true", "false");
    case "int2":
      return [...distinct("g % 32767"), ...some(...between, ...near, "0", "-1")];
    case "int4":
    case "int8":
      return [
        ...distinct("g"),
        ...numbers.flatMap((one) => distinct(`${one} + g`, `${one} - g`)),
        ...some(...between),
        ...some(`${n} % 100`, `${n} % 10`, ...near, "0"),
        ...distinct("-g"),
      ];
    case "float4":
    case "float8":
      return [...distinct("g + 0.5"), ...some(`(${n} % 1000) / 1000.0`, ...near, "0", "-1")];
    case "numeric":
    case "money":
      return [...distinct(numericOf(base)), ...some(`(${n} % 100) / 100.0`, ...near, "0", "-1")];
    case "text":
    case "varchar":
    case "bpchar":
    case "citext":
    case "name":
      return textsOf(base, n, given, numbers);
    case "uuid":
      return distinct(`md5(${n}::text || '-' || g)`);
    case "bytea":
      return [
        ...distinct("decode(md5(g::text), 'hex')"),
        ...some(...numbers.map((one) => `decode(repeat('ab', ${within(one)}), 'hex')`), "''"),
      ];
    case "date":
    case "timestamp":
    case "timestamptz":
      return [
        ...some(`timestamp '2026-01-01' + make_interval(days => (${n} % 300)::int, secs => (g % 86400)::int)`),
        ...distinct("timestamp '2020-01-01' + make_interval(hours => g::int)"),
        ...some(...given, "'infinity'"),
      ];
    case "time":
    case "timetz":
      return some(`make_interval(secs => (${n} % 86400)::int)::time`);
    case "interval":
      return distinct("make_interval(secs => g::int)");
    case "json":
    case "jsonb":
      return some(`json_build_object('n', ${n} % 1000)`, "'{}'", "'[]'", "'\"text\"'", ...given);
    case "inet":
    case "cidr":
      return distinct("('10.' || (g / 65536) % 256 || '.' || (g / 256) % 256 || '.' || g % 256)::inet");
    case "macaddr":
      return distinct("('08002b' || lpad(to_hex(g), 6, '0'))");
    case "bit":
    case "varbit":
      return some(`(${n} % 2)::int::bit(${Math.max(1, base.modifier)})`);
    case "xml":
      return some("'<a/>'");
    case "point":
      return some(`point(${n} % 100, g % 100)`);
    case "tsvector":
      return some(`to_tsvector('simple', 'word ' || g)`);
    case "tsquery":
      return some("'word'");
    case "oid":
      return distinct("g");
    case "hstore":
      return some("''");
    case "ltree":
      return distinct("'top.n' || g");
    default:
      return given.map((sql) => ({ sql, distinct: false }));
  }
}

/** All of what lies between two whole numbers that somebody wrote. */
function spread(numbers: readonly string[], n: string): readonly string[] {
  const whole = [...new Set(numbers.map(Number).filter((one) => Number.isSafeInteger(one)))].toSorted((a, b) => a - b);
  return whole.slice(1).map((high, index) => {
    const low = whole[index] ?? 0;
    return `${low} + ${n} % ${high - low + 1}`;
  });
}

/** No length that somebody wrote makes a row that fills the disk. */
const within = (number: string): number => Math.min(2_000, Math.max(0, Math.trunc(Number(number))));

const shapes = [
  "'name' || g || '@example.com'",
  "'slug-' || g",
  "'https://example.com/' || g",
  "md5(g::text)",
  "encode(sha256(g::text::bytea), 'hex')",
  "upper(substr(md5(g::text), 1, 8))",
  "g::text",
  "'+4930' || lpad(g::text, 7, '0')",
  "'/' || g",
  "'#' || substr(md5(g::text), 1, 6)",
  "md5(g::text)::uuid::text",
  "'sha256:' || encode(sha256(g::text::bytea), 'hex')",
  "'1.0.' || g",
  "to_char(timestamp '2026-01-01' + make_interval(days => (g % 300)::int), 'YYYY-MM-DD')",
];
const words = ["'EUR'", "'DE'", "'de'", "'en-GB'", "'UTC'", "'a'", "'A'", "'0'", "''", "'12:00'"];

function textsOf(base: BaseType, n: string, given: readonly string[], numbers: readonly string[]): readonly Value[] {
  const most =
    base.name === "varchar" || base.name === "bpchar"
      ? base.modifier > 4
        ? base.modifier - 4
        : base.name === "bpchar"
          ? 1
          : undefined
      : base.name === "name"
        ? 63
        : undefined;
  const short = "reverse(to_hex(g))";
  const first =
    most === undefined || most >= 20
      ? "'text ' || g"
      : most >= 4
        ? `left(${short} || 'xxxx', ${most})`
        : `left(${short}, ${most})`;
  const lengths = [...new Set(numbers.map(within))].flatMap((length) =>
    length === 0 ? [] : [`lpad(to_hex(g), ${length}, 'x')`],
  );
  const choice = given.length > 1 ? some(`(ARRAY[${given.join(", ")}])[1 + ${n} % ${given.length}]`) : [];
  const all = [...distinct(first, ...shapes, ...lengths), ...choice, ...some(...given, ...words)];
  return most === undefined
    ? all
    : all.map(({ sql, distinct }) => (sql === first ? { sql, distinct } : { sql: `left(${sql}, ${most})`, distinct }));
}

function numericOf({ modifier }: BaseType): string {
  if (modifier < 4) return "g + 0.25";
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (modifier - 4) & 0x7ff;
  const whole = precision - scale;
  // As many as there is room for: what has none left of the point counts right of it.
  return whole <= 0 ? `g % ${10 ** Math.min(9, precision)} / 1e${scale}` : `g % ${10 ** Math.min(9, whole)}`;
}

function rangeOf({ name }: BaseType, n: string): readonly Value[] {
  if (name === "int4range" || name === "int8range" || name === "numrange")
    return distinct(`${name}((2 * g)::int, (2 * g + 1)::int)`);
  if (name === "daterange") return distinct("daterange(date '2020-01-01' + (2 * g)::int, date '2020-01-01' + (2 * g + 1)::int)");
  if (name === "tsrange" || name === "tstzrange")
    return distinct(
      `${name}(timestamp '2020-01-01' + make_interval(hours => (2 * g)::int), timestamp '2020-01-01' + make_interval(hours => (2 * g + 1)::int))`,
    );
  return some(`'empty'`, n);
}
