// OpenTelemetry's names as Prometheus has them
// (https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/), so that what is tried here is what a collector
// writes there.

const units: Readonly<Record<string, string>> = {
  d: "days",
  h: "hours",
  min: "minutes",
  s: "seconds",
  ms: "milliseconds",
  us: "microseconds",
  ns: "nanoseconds",
  By: "bytes",
  KiBy: "kibibytes",
  MiBy: "mebibytes",
  GiBy: "gibibytes",
  TiBy: "tibibytes",
  KBy: "kilobytes",
  MBy: "megabytes",
  GBy: "gigabytes",
  TBy: "terabytes",
  m: "meters",
  V: "volts",
  A: "amperes",
  J: "joules",
  W: "watts",
  g: "grams",
  Cel: "celsius",
  Hz: "hertz",
  "%": "percent",
};
const per: Readonly<Record<string, string>> = {
  s: "second",
  m: "minute",
  h: "hour",
  d: "day",
  w: "week",
  mo: "month",
  y: "year",
};

export function metricName(name: string, unit: string, type: "gauge" | "counter" | "other"): string {
  const words = name.split(/[^A-Za-z0-9:]+/).filter((word) => word !== "");
  for (const word of unitWords(unit, type)) if (!words.includes(word)) words.push(word);
  if (type === "counter") return [...words.filter((word) => word !== "total"), "total"].join("_");
  const text = words.join("_");
  return /^\d/.test(text) ? `_${text}` : text;
}

function unitWords(unit: string, type: string): readonly string[] {
  // Words in braces only explain.
  const [main = "", under] = unit.replaceAll(/\{[^}]*\}/g, "").split("/");
  if (main === "1" && under === undefined) return type === "gauge" ? ["ratio"] : [];
  const word = (text: string, names: Readonly<Record<string, string>>) => {
    const found = Object.hasOwn(names, text) ? names[text] : undefined;
    return found ?? text.replaceAll(/[^A-Za-z0-9]+/g, "_").replaceAll(/^_+|_+$/g, "");
  };
  const of = main === "" ? "" : word(main, units);
  const perWord = under === undefined || under === "" ? "" : word(under, per);
  return [...(of === "" ? [] : [of]), ...(perWord === "" ? [] : ["per", perWord])];
}

export function labelName(name: string): string {
  const text = name.replaceAll(/[^A-Za-z0-9_]/g, "_").replace(/^_+/, "");
  return /^\d/.test(text) ? `key_${text}` : text === "" ? "_" : text;
}
