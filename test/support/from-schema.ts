// Values that fit a JSON Schema, and values that nearly do.

export type Random = () => number;
type Schema = Readonly<Record<string, unknown>>;

/** A generator whose numbers are the same for the same seed (mulberry32). */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const odd: readonly unknown[] = [
  null,
  "",
  "\u0000",
  "'; drop table event; --",
  "../../etc/passwd",
  "%00",
  "a".repeat(5_000),
  "\ud800",
  -1,
  0,
  1e308,
  Number.MAX_SAFE_INTEGER,
  true,
  [],
  {},
  [[[[[]]]]],
  { __proto__: { admin: true } },
  "9".repeat(18),
  "NaN",
  "💥",
];

export function oddValue(random: Random): unknown {
  return odd[Math.floor(random() * odd.length)];
}

export function valueFor(schema: Schema, all: Schema, random: Random): unknown {
  if (random() < 0.12) return oddValue(random);
  const found = schema["$ref"];
  if (typeof found === "string") {
    const name = found.split("/").at(-1) ?? "";
    return valueFor((all[name] ?? {}) as Schema, all, random);
  }
  const pick = <One>(from: readonly One[]): One | undefined => from[Math.floor(random() * from.length)];
  if (Array.isArray(schema["enum"])) return pick(schema["enum"] as unknown[]);
  if ("const" in schema) return schema["const"];
  const choices = (schema["anyOf"] ?? schema["oneOf"]) as readonly Schema[] | undefined;
  if (choices !== undefined) return valueFor(pick(choices) ?? {}, all, random);
  switch (schema["type"]) {
    case "string":
      return pick([
        "held",
        "shop",
        "api",
        "up",
        "a",
        "lead@shop.example",
        "2026-11-21T10:00:00Z",
        "tue 02:00-03:00",
        "0",
        "1000",
      ]);
    case "integer":
    case "number":
      return pick([0, 1, 3, 60_000, 1_000_000, -5, 0.5, Number(schema["maximum"] ?? 7), Number(schema["minimum"] ?? 7)]);
    case "boolean":
      return random() < 0.5;
    case "array":
      return Array.from({ length: Math.floor(random() * 3) }, () => valueFor((schema["items"] ?? {}) as Schema, all, random));
    case "object": {
      const required = new Set((schema["required"] ?? []) as string[]);
      const own = Object.entries((schema["properties"] ?? {}) as Record<string, Schema>);
      return Object.fromEntries(
        own.filter(([name]) => required.has(name) || random() < 0.5).map(([name, one]) => [name, valueFor(one, all, random)]),
      );
    }
    default:
      return oddValue(random);
  }
}
