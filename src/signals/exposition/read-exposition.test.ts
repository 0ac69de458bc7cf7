import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseExposition } from "./read-exposition.ts";

const classic = (text: string) => parseExposition(text, { format: "classic" });
const open = (text: string) => parseExposition(text, { format: "openmetrics" });
const one = (name: string, value: number, labels = {}) => ({ labels: { __name__: name, ...labels }, value });

describe("Prometheus' text", () => {
  // The example of https://prometheus.io/docs/instrumenting/exposition_formats/.
  test("is read as its documentation says", () => {
    const { all, problems } = classic(`# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
`);
    expect(problems).toEqual([]);
    expect(all).toEqual([
      { ...one("http_requests_total", 1027, { method: "post", code: "200" }), timeMs: 1395066363000 },
      { ...one("http_requests_total", 3, { method: "post", code: "400" }), timeMs: 1395066363000 },
      one("msdos_file_access_time_seconds", 1.458255915e9, {
        path: "C:\\DIR\\FILE.TXT",
        error: 'Cannot find file:\n"FILE.TXT"',
      }),
      one("metric_without_timestamp_and_labels", 12.47),
      { ...one("something_weird", Infinity, { problem: "division by zero" }), timeMs: -3982045 },
      one("http_request_duration_seconds_bucket", 24054, { le: "0.05" }),
      one("http_request_duration_seconds_bucket", 144320, { le: "+Inf" }),
      one("http_request_duration_seconds_sum", 53423),
    ]);
  });

  test.each([
    ['{"my.dotted metric","a label"="x",b="y"} 1', one("my.dotted metric", 1, { "a label": "x", b: "y" })],
    ['name{"größe"="μ"} 2', one("name", 2, { größe: "μ" })],
    ["a{} NaN", one("a", NaN)],
    ["a -Inf", one("a", -Infinity)],
    ['a\t{ b = "c" , } \t .5e-3', one("a", 0.0005, { b: "c" })],
    ['a{b="} 1 # {"} 7', one("a", 7, { b: "} 1 # {" })],
    ['a{b="\\\\"} 7', one("a", 7, { b: "\\" })],
    ['a{b="\\x"} 7', one("a", 7, { b: "\\x" })],
    ["a 1\r", one("a", 1)],
    ["rule:name 1", one("rule:name", 1)],
    [
      'a{__proto__="x"} 1',
      {
        labels: Object.fromEntries([
          ["__name__", "a"],
          ["__proto__", "x"],
        ]),
        value: 1,
      },
    ],
  ])("%j", (line, sample) => {
    expect(classic(line)).toMatchObject({ problems: [], all: [sample] });
  });

  test.each([
    ["a", "there is no number (character 2)"],
    ["a 1x", "there is no number (character 3)"],
    ["a 1 2 3", "there is more than a number and a time (character 7)"],
    ["a 1 soon", "there is more than a number and a time (character 5)"],
    ["1a 1", "a line begins with the name of a metric (character 1)"],
    ['a{b="c" 1', "the labels have no end (character 2)"],
    ['a{b="c} 1', "a quoted text does not end (character 5)"],
    ["a{b=c} 1", "the value of a label stands in quotes (character 5)"],
    ['a{b="c"d="e"} 1', '"," is missing between labels (character 8)'],
    ['a{b="c",b="d"} 1', 'the label "b" is there twice (character 9)'],
    ['a{__name__="b"} 1', 'the label "__name__" is there twice (character 3)'],
    ['a{"b"} 1', "a metric has one name (character 3)"],
    ['{b="c"} 1', "the series has no name (character 8)"],
    ['a{b:c="d"} 1', "this is no name of a label (character 3)"],
    ['a{1="d"} 1', "this is no name of a label (character 3)"],
    ["a 0x10", "there is no number (character 3)"],
    ["a 1 # {} 1", "there is more than a number and a time (character 5)"],
    ["a 1 Inf", "this is no time (character 8)"],
  ])("%j costs this line, and is told with its place", (line, message) => {
    expect(classic(`ok 1\n${line}\nok 2\n`)).toMatchObject({ samples: 2, unread: 1, problems: [{ line: 2, message }] });
  });
});

describe("OpenMetrics", () => {
  test("is read as its specification says: exemplars, units, times in seconds and moments of creation are no samples", () => {
    const read = open(`# TYPE foo_seconds histogram
# UNIT foo_seconds seconds
# HELP foo_seconds words
foo_seconds_bucket{le="0.01"} 0
foo_seconds_bucket{le="0.1"} 8 # {} 0.054
foo_seconds_bucket{le="1"} 11 # {trace_id="KOO5S4vxi0o"} 0.67
foo_seconds_bucket{le="+Inf"} 17 1520879607.789 # {trace_id="oHg5S } RLXvA"} 9.8 1520879607.789
foo_seconds_count 17
foo_seconds_sum 324789.3
foo_seconds_created 1520430000.123
# TYPE row_created gauge
row_created 5
# EOF
`);
    expect(read).toMatchObject({ problems: [], samples: 7 });
    expect(read.incomplete).toBeUndefined();
    expect(read.all[3]).toEqual({
      ...one("foo_seconds_bucket", 17, { le: "+Inf" }),
      timeMs: 1520879607789,
    });
    expect(read.all.at(-1)).toEqual(one("row_created", 5));
  });

  test.each(["a_total 1 # 0.5", 'a_total 1 # {b="c"}', 'a_total 1 # {b="c} 1', "a_total 1 # {} 1 2 3"])(
    "a broken exemplar (%j) costs its line",
    (line) => {
      expect(open(`${line}\n# EOF\n`)).toMatchObject({ samples: 0, unread: 1, problems: [{ line: 1 }] });
    },
  );

  test("without its end it is not all there is", () => {
    expect(open("a 1\n").incomplete).toBe("it does not end with # EOF");
    expect(open("a 1\n# EOF\nb 1\n")).toMatchObject({ samples: 1, problems: [{ line: 3 }] });
  });
});

describe("hostile text", () => {
  test("a line without an end costs nothing but itself", () => {
    const read = classic(`ok 1\na{b="${"x".repeat(5_000_000)}\nok 2`);
    expect(read).toMatchObject({
      samples: 2,
      problems: [{ line: 2, message: "a line has at most 65536 characters, and this one 5000005" }],
    });
  });

  test("too many samples: the rest is not read, and that is told", () => {
    const read = parseExposition("a 1\n".repeat(1_000), { format: "classic", limits: { maxSamples: 10 } });
    expect(read).toMatchObject({ samples: 10, incomplete: "it has more than 10 samples" });
  });

  test("of many problems the first are told; after a thousand lines the rest is not read either", () => {
    expect(classic("?\n".repeat(500))).toMatchObject({ unread: 500 });
    const read = classic(`ok 1\n${"?\n".repeat(1_000_000)}`);
    expect(read.problems).toHaveLength(10);
    expect(read).toMatchObject({ samples: 1, unread: 1_000, incomplete: "1000 lines cannot be read" });
  });

  test("a giant number of labels is refused", () => {
    const labels = Array.from({ length: 5_000 }, (_, n) => `l${n}="x"`).join(",");
    expect(classic(`a{${labels}} 1`).problems).toEqual([
      { line: 1, message: expect.stringContaining("a series has at most 64 labels") },
    ]);
  });

  test("whatever it is, reading comes to an end and tells each line that it left out", () => {
    const piece = fc.constantFrom(
      ...Array.from('a1{}",=\\ \n\r\t#:.+-eN'),
      '"',
      "a",
      "1",
      " ",
      "\n",
      "# EOF\n",
      "# TYPE a counter\n",
      "ä",
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 200 }),
        fc.constantFrom("classic" as const, "openmetrics" as const),
        (parts, format) => {
          const text = parts.join("");
          const { samples, unread, all } = parseExposition(text, { format });
          expect(all).toHaveLength(samples);
          expect(samples + unread).toBeLessThanOrEqual(text.split("\n").length);
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("any names, labels and numbers that were written as the format says come back", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 12 });
    const name = text.filter((one) => one !== "" && one !== "__name__");
    const quote = (one: string) => `"${one.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"')}"`;
    fc.assert(
      fc.property(name, fc.dictionary(name, text), fc.double(), fc.option(fc.integer()), (metric, labels, value, time) => {
        // A line ends where its text says so.
        fc.pre(!/[\r\n]/.test(metric + Object.keys(labels).join("")));
        const pairs = Object.entries(labels).map(([key, one]) => `${quote(key)}=${quote(one)}`);
        const line = `{${[quote(metric), ...pairs].join(",")}} ${Object.is(value, -0) ? "-0" : value}${time === null ? "" : ` ${time}`}\n`;
        expect(classic(line).problems).toEqual([]);
        expect(classic(line).all).toEqual([
          {
            labels: Object.fromEntries([["__name__", metric], ...Object.entries(labels)]),
            value,
            ...(time === null ? {} : { timeMs: time }),
          },
        ]);
      }),
    );
  });
});
