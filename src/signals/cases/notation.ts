import { parsePromql } from "../promql/parse.ts";
import { spanOf } from "../promql/syntax/literals.ts";
import { type Labels, staleBits } from "../series.ts";

// Promtool's notation for test series: https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series

const part = /^(?:(-?[0-9.eE]+|NaN|[+-]?Inf)(?:([+-])([0-9.eE]+))?(?:x(\d+))?|(_)(?:x(\d+))?|(stale))$/;
/** Whoever writes more means something else. */
const mostValues = 200_000;

/** One value for each step; undefined where there is none. */
export function valuesOf(notation: string): readonly (number | undefined)[] {
  const values: (number | undefined)[] = [];
  for (const word of notation.trim().split(/\s+/)) {
    const found = part.exec(word);
    if (!found) throw new SyntaxError(`not a series of values: ${JSON.stringify(word)}`);
    const [, first, sign, step, times, nothing, gaps, stale] = found;
    const many = Number(gaps ?? times ?? 0) + (nothing === undefined ? 1 : gaps === undefined ? 1 : 0);
    if (values.length + many > mostValues) throw new RangeError(`more than ${mostValues} values`);
    if (stale !== undefined) values.push(staleValue);
    else if (nothing !== undefined) for (let at = 0; at < many; at++) values.push(undefined);
    else {
      const from = numberOf(first ?? "");
      const by = step === undefined ? 0 : Number(step) * (sign === "-" ? -1 : 1);
      for (let at = 0; at < many; at++) values.push(from + at * by);
    }
  }
  return values;
}

/** The labels of `up{job="api"}`. */
export function labelsOf(series: string): Labels {
  const parsed = parsePromql(series);
  if (!parsed.ok || parsed.expr.kind !== "selector") throw new SyntaxError(`not a series: ${JSON.stringify(series)}`);
  const { name, matchers } = parsed.expr;
  return {
    ...(name === undefined ? {} : { __name__: name }),
    ...Object.fromEntries(matchers.map((matcher) => [matcher.name, matcher.value])),
  };
}

/** Milliseconds of "1h30m". */
export function momentOf(text: string): number {
  const span = spanOf(text);
  if (!("ms" in span)) throw new SyntaxError(`not a moment: ${JSON.stringify(text)}`);
  return span.ms;
}

function numberOf(text: string): number {
  if (text.endsWith("Inf")) return text.startsWith("-") ? -Infinity : Infinity;
  return Number(text);
}

const staleValue = new Float64Array(new BigUint64Array([staleBits]).buffer)[0] ?? NaN;

/** Values as promtool reads them; those that go on as they began are one word. */
export function notationOf(values: readonly number[]): string {
  const words: string[] = [];
  for (let at = 0; at < values.length;) {
    const first = values[at] ?? 0;
    const by = (values[at + 1] ?? first) - first;
    let last = at + 1;
    while (last < values.length && same(values[last] ?? 0, first + (last - at) * by)) last++;
    // Two numbers are always in line.
    const many = last - at < 3 && by !== 0 ? 1 : last - at;
    words.push(many === 1 ? plain(first) : `${plain(first)}${by < 0 ? "-" : "+"}${plain(Math.abs(by))}x${many - 1}`);
    at += many;
  }
  return words.join(" ");
}

function same(one: number, other: number): boolean {
  return Math.abs(one - other) <= 1e-9 * Math.max(1, Math.abs(one));
}

function plain(value: number): string {
  return String(Number(value.toPrecision(15))).replace("e+", "e");
}
