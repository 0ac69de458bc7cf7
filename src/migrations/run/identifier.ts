import { UserError } from "../../lib/errors.ts";
import { inQuotes, literal as pasted } from "../sql/quote.ts";
import type { Name } from "../sql/tree.ts";

/** Postgres cuts longer names silently, and two that differ only behind the cut would be one. */
const longestBytes = 63;

/** A name as SQL takes it. The one way in which a name gets into a statement. */
export function identifier(name: string): string {
  const bytes = Buffer.byteLength(name, "utf8");
  if (bytes === 0 || bytes > longestBytes || /\p{Cc}|\p{Cs}/u.test(name)) {
    throw new UserError("bad-name", `${JSON.stringify(name.slice(0, 80))} cannot be a name in Postgres`, {
      hint: `a name has 1 to ${longestBytes} bytes and no control characters`,
    });
  }
  return inQuotes(name);
}

/** With its schema, where one is said. */
export const qualified = ({ schema, name }: Name): string =>
  `${schema === undefined ? "" : `${identifier(schema)}.`}${identifier(name)}`;

/** Text as SQL takes it, for the few statements that know no parameters (`CREATE ROLE … PASSWORD`). */
export function literal(text: string): string {
  if (text.includes("\0")) throw new UserError("bad-name", "text with a NUL in it cannot go to Postgres");
  const written = pasted(text);
  return written.startsWith("E") ? ` ${written}` : written;
}

/** A whole number as SQL takes it: what is none never gets into a statement. */
export function wholeNumber(value: number): string {
  if (!Number.isInteger(value) || value < -1 || value > 2 ** 31 - 1)
    throw new UserError("bad-value", `${value} is no whole number that Postgres takes`);
  return String(value);
}
