// The text that a service shows its metrics as: Prometheus' own (https://prometheus.io/docs/instrumenting/exposition_formats/) and
// OpenMetrics (https://prometheus.io/docs/specs/om/open_metrics_spec/). A line that cannot be read costs that line.
import { count } from "../../lib/text.ts";
import type { Labels } from "../series.ts";
import { parseSeries, skipSeries } from "./parse-series.ts";
import { Scanner, Unreadable } from "./scanner.ts";

export type ExpositionFormat = "classic" | "openmetrics";

export type ExpositionLimits = {
  readonly maxSamples: number;
  readonly maxLineLength: number;
  readonly maxProblems: number;
  /** After so many lines that cannot be read the rest is no exposition either. */
  readonly maxUnread: number;
};

/** Line and character begin at 1. */
export type ExpositionProblem = { readonly line: number; readonly message: string };

export type Read = {
  readonly samples: number;
  /** The first ones; `unread` counts all lines. */
  readonly problems: readonly ExpositionProblem[];
  readonly unread: number;
  /** Why the text cannot be taken for all there is. */
  readonly incomplete?: string;
};

export type Visitor = {
  /** `series` is the text of name and labels, as it stands there: for `parseSeries`, or to be known again. May say what is wrong with it. */
  readonly sample: (series: string, value: number, timeMs: number | undefined) => string | undefined;
};

const defaults: ExpositionLimits = { maxSamples: 20_000, maxLineLength: 65_536, maxProblems: 10, maxUnread: 1_000 };

export function readExposition(
  text: string,
  visitor: Visitor,
  options: { readonly format: ExpositionFormat; readonly limits?: Partial<ExpositionLimits> },
): Read {
  const { format } = options;
  const limits = { ...defaults, ...options.limits };
  const problems: ExpositionProblem[] = [];
  const made = new Set<string>();
  let [samples, unread, line] = [0, 0, 0];
  let ended = false;
  let incomplete: string | undefined;
  const report = (message: string) => {
    unread += 1;
    if (unread === limits.maxUnread) incomplete = `${count(unread, "line")} cannot be read`;
    if (problems.length < limits.maxProblems) problems.push({ line, message });
  };

  for (let from = 0; from < text.length && incomplete === undefined;) {
    const found = text.indexOf("\n", from);
    const end = found < 0 ? text.length : found;
    line += 1;
    if (ended) {
      report("there is more behind # EOF");
      break;
    }
    if (end - from > limits.maxLineLength)
      report(`a line has at most ${limits.maxLineLength} characters, and this one ${end - from}`);
    else if (text.charCodeAt(from) === 0x23) {
      const comment = format === "openmetrics" ? text.slice(from, end).trimEnd() : "";
      if (comment === "# EOF") ended = true;
      else if (comment !== "") noteCreated(comment);
    } else if (end > from) readLine(text.slice(from, end));
    from = end + 1;
  }
  if (incomplete === undefined && format === "openmetrics" && !ended) incomplete = "it does not end with # EOF";
  return { samples, problems, unread, ...(incomplete === undefined ? {} : { incomplete }) };

  /** Of counters, histograms and summaries OpenMetrics also tells when they began, as a series of its own that nobody asks for. */
  function noteCreated(comment: string): void {
    const [, name, type] = /^# TYPE (\S+) (\S+)$/.exec(comment) ?? [];
    if (
      name !== undefined &&
      type !== undefined &&
      made.size < limits.maxSamples &&
      /^(counter|(gauge)?histogram|summary)$/.test(type)
    )
      made.add(`${name}_created`);
  }

  function readLine(one: string): void {
    try {
      const scanner = new Scanner(one);
      scanner.blanks();
      if (scanner.done || scanner.peek() === "\r") return;
      const from = scanner.at;
      skipSeries(scanner);
      const series = one.slice(from, scanner.at).trimEnd();
      const { value, timeMs } = behindSeries(scanner, format);
      if (made.size > 0 && made.has(/^[\w:]*/.exec(series)?.[0] ?? "")) return;
      if (samples === limits.maxSamples) {
        incomplete = `it has more than ${count(limits.maxSamples, "sample")}`;
        return;
      }
      samples += 1;
      const wrong = visitor.sample(series, value, timeMs);
      if (wrong !== undefined) {
        samples -= 1;
        report(wrong);
      }
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      report(`${error.message} (character ${error.at + 1})`);
    }
  }
}

function behindSeries(
  scanner: Scanner,
  format: ExpositionFormat,
): { readonly value: number; readonly timeMs: number | undefined } {
  scanner.blanks();
  const value = scanner.number();
  if (value === undefined) scanner.fail("there is no number");
  const apart = scanner.blanks();
  const time = scanner.done || scanner.peek() === "#" || scanner.peek() === "\r" ? undefined : scanner.number();
  const timeMs = time === undefined ? undefined : Math.round(format === "openmetrics" ? time * 1_000 : time);
  if (timeMs !== undefined && (!apart || !Number.isFinite(timeMs))) scanner.fail("this is no time");
  scanner.blanks();
  if (format === "openmetrics" && scanner.past("#")) skipExemplar(scanner);
  scanner.past("\r");
  if (!scanner.done) scanner.fail("there is more than a number and a time");
  return { value, timeMs };
}

/** `# {trace_id="…"} 0.67 1520879607.789`: an example of what was counted, which is no sample. */
function skipExemplar(scanner: Scanner): void {
  scanner.blanks();
  if (scanner.peek() !== "{") scanner.fail("an exemplar begins with its labels");
  skipSeries(scanner);
  scanner.blanks();
  if (scanner.number() === undefined) scanner.fail("an exemplar has a number");
  if (scanner.blanks() && !scanner.done && scanner.peek() !== "\r" && scanner.number() === undefined)
    scanner.fail("this is no time");
}

export type ExposedSample = { readonly labels: Labels; readonly value: number; readonly timeMs?: number };

/** All samples of a text at once. */
export function parseExposition(
  text: string,
  options: { readonly format: ExpositionFormat; readonly limits?: Partial<ExpositionLimits> },
): Read & { readonly all: readonly ExposedSample[] } {
  const all: ExposedSample[] = [];
  const sample: Visitor["sample"] = (series, value, timeMs) => {
    const parsed = parseSeries(series);
    if (!parsed.ok) return parsed.message;
    all.push({ labels: parsed.labels, value, ...(timeMs === undefined ? {} : { timeMs }) });
    return undefined;
  };
  return { ...readExposition(text, { sample }, options), all };
}
