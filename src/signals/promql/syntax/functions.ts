import type { ValueType } from "./expr.ts";

export type Signature = {
  readonly args: readonly ValueType[];
  /** How many of the arguments, from the end, may be left out. */
  readonly optional: number;
  /** The last argument may stand any number of times. */
  readonly repeats: boolean;
  readonly returns: ValueType;
};

const takes = (args: readonly ValueType[], returns: ValueType = "vector", optional = 0, repeats = false): Signature => ({
  args,
  optional,
  repeats,
  returns,
});
const ofVector = takes(["vector"]);
const ofMatrix = takes(["matrix"]);
/** Without an argument they are about the moment of evaluation. */
const ofTime = takes(["vector"], "vector", 1);

const words = (text: string) => text.split(" ");
const mathematical = words(
  "abs ceil floor exp sqrt ln log2 log10 sgn deg rad sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh",
);
const overRanges = words(
  "rate irate increase delta idelta deriv resets changes avg_over_time min_over_time max_over_time sum_over_time " +
    "count_over_time last_over_time stddev_over_time stdvar_over_time present_over_time absent_over_time",
);
const ofCalendar = ["year", "month", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "hour", "minute"];
const each = (names: readonly string[], signature: Signature) => names.map((name): [string, Signature] => [name, signature]);

/** Every function of the subset. */
export const functions: ReadonlyMap<string, Signature> = new Map([
  ...each(mathematical, ofVector),
  ...each(overRanges, ofMatrix),
  ...each(ofCalendar, ofTime),
  ...each(["absent", "sort", "sort_desc", "timestamp"], ofVector),
  ["quantile_over_time", takes(["scalar", "matrix"])],
  ["predict_linear", takes(["matrix", "scalar"])],
  ["histogram_quantile", takes(["scalar", "vector"])],
  ["clamp", takes(["vector", "scalar", "scalar"])],
  ["clamp_min", takes(["vector", "scalar"])],
  ["clamp_max", takes(["vector", "scalar"])],
  ["round", takes(["vector", "scalar"], "vector", 1)],
  ["label_replace", takes(["vector", "string", "string", "string", "string"])],
  ["label_join", takes(["vector", "string", "string", "string"], "vector", 1, true)],
  ["scalar", takes(["vector"], "scalar")],
  ["vector", takes(["scalar"])],
  ["time", takes([], "scalar")],
  ["pi", takes([], "scalar")],
]);

const native = "native histograms are not kept; only histograms with buckets are";
const experimental = "it is experimental in Prometheus";

/** What Prometheus has and the subset does not, with the reason, and where there is one, what to write instead. */
export const refusedFunctions: ReadonlyMap<string, { readonly because: string; readonly hint?: string }> = new Map([
  ["histogram_avg", { because: native, hint: "divide the rate of …_sum by the rate of …_count" }],
  ["histogram_count", { because: native, hint: "take …_count" }],
  ["histogram_sum", { because: native, hint: "take …_sum" }],
  ["histogram_fraction", { because: native, hint: 'divide the rate of …_bucket{le="…"} by the rate of …_count' }],
  ["histogram_stddev", { because: native }],
  ["histogram_stdvar", { because: native }],
  ["histogram_quantiles", { because: experimental, hint: "write one histogram_quantile for each" }],
  ["double_exponential_smoothing", { because: experimental, hint: "predict_linear or avg_over_time come close" }],
  ["holt_winters", { because: "Prometheus 3 no longer has it", hint: "predict_linear or avg_over_time come close" }],
  ["first_over_time", { because: experimental, hint: "an offset gives the value from before" }],
  ["mad_over_time", { because: experimental, hint: "stddev_over_time also measures how far values spread" }],
  ["ts_of_first_over_time", { because: experimental }],
  ["ts_of_last_over_time", { because: experimental, hint: "timestamp gives the time of the last sample" }],
  ["ts_of_max_over_time", { because: experimental }],
  ["ts_of_min_over_time", { because: experimental }],
  ["start_timestamp", { because: experimental }],
  ["sort_by_label", { because: experimental, hint: "sort orders by value" }],
  ["sort_by_label_desc", { because: experimental, hint: "sort_desc orders by value" }],
  ["info", { because: experimental, hint: "join with * on(…) group_left(…)" }],
  ["range", { because: experimental }],
  ["step", { because: experimental }],
  ["start", { because: experimental }],
  ["end", { because: experimental }],
  ["min_of", { because: experimental }],
  ["max_of", { because: experimental }],
  ["limitk", { because: experimental, hint: "topk takes the highest" }],
  ["limit_ratio", { because: experimental }],
]);
