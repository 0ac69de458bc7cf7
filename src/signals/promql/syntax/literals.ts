// Numbers, spans of time and strings as PromQL writes them.

const units = { y: 31_536_000_000, w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1 } as const;
const durationPattern = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;
const mostMs = 100 * units.y;

/** Milliseconds of "1h30m"; undefined where it is none. */
export function durationOf(text: string): number | undefined {
  const found = durationPattern.exec(text);
  if (text === "" || found === null) return undefined;
  return Object.values(units).reduce((sum, unit, index) => sum + Number(found[index + 1] ?? 0) * unit, 0);
}

/** Milliseconds of what stands in `[…]` or behind `offset`: "5m", or a number of seconds. A sentence where it is not usable. */
export function spanOf(text: string): { readonly ms: number } | { readonly problem: string } {
  const ms = durationOf(text) ?? Math.round((numberOf(text) ?? Number.NaN) * 1_000);
  if (Number.isNaN(ms)) return { problem: `${text} is no span of time` };
  if (ms <= 0) return { problem: "a span of time must be greater than 0" };
  return ms > mostMs ? { problem: "a span of time may be at most 100 years" } : { ms };
}

/** The value of a number literal without its sign. A span of time as a number is its seconds. */
export function numberOf(text: string): number | undefined {
  const plain = text.replaceAll("_", "").toLowerCase();
  if (plain === "inf") return Infinity;
  if (plain === "nan") return Number.NaN;
  const ms = durationOf(plain);
  if (ms !== undefined) return ms / 1_000;
  if (/^0x[\da-f]+$/.test(plain)) return Number(plain);
  // As Prometheus reads it, whose numbers are Go's.
  if (/^0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8);
  return /^(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/.test(plain) ? Number(plain) : undefined;
}

/** As short as it goes: "1h30m", "250ms". */
export function printDuration(ms: number): string {
  let [left, text] = [Math.round(ms), ""];
  // A week is printed as days: "30d" and not "4w2d".
  for (const [unit, size] of Object.entries(units)) {
    if (unit === "w" || unit === "y" || left < size) continue;
    text += `${Math.floor(left / size)}${unit}`;
    left %= size;
  }
  return text === "" ? "0s" : text;
}

export function printNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Inf" : "-Inf";
  return Object.is(value, -0) ? "-0" : String(value);
}

const escapes: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
  '"': '"',
};
const escape = /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([\s\S]?))/g;

/** What a string with its quotes stands for; a sentence where an escape in it means nothing. */
export function stringOf(literal: string): { readonly value: string } | { readonly problem: string; readonly at: number } {
  const quote = literal[0];
  const inside = literal.slice(1, -1);
  if (quote === "`") return { value: inside };
  let problem: { readonly problem: string; readonly at: number } | undefined;
  const value = inside.replaceAll(
    escape,
    (whole: string, hex?: string, short?: string, long?: string, octal?: string, letter?: string, at = 0): string => {
      const code = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? "", 16) : Number.parseInt(octal, 8);
      if (Number.isNaN(code)) {
        const meant =
          letter === undefined || ((letter === "'" || letter === '"') && letter !== quote) ? undefined : escapes[letter];
        problem ??= meant === undefined ? { problem: `${whole} means nothing in a string`, at: at + 1 } : undefined;
        return meant ?? "";
      }
      // \x and octal are bytes: over 7f they would have to be pieces of UTF-8.
      if (code > 0x10ffff || ((hex !== undefined || octal !== undefined) && code > 0x7f)) {
        problem ??= { problem: `${whole} is no character; write it as it is, or as \\u and four digits`, at: at + 1 };
        return "";
      }
      return String.fromCodePoint(code);
    },
  );
  return problem ?? { value };
}

export function printString(value: string): string {
  return JSON.stringify(value);
}
