import { isRecord } from "../../lib/is-record.ts";
import { printable } from "../../lib/text.ts";

const compared: Readonly<Record<string, string>> = {
  above: "above",
  atLeast: "at least",
  below: "below",
  atMost: "at most",
};

/** A condition of a spec in words: "error rate of api above 2% over 5m". */
export function conditionText(condition: unknown): string {
  if (!isRecord(condition) || !isRecord(condition["signal"])) return "a condition";
  const { signal } = condition;
  const of =
    isRecord(signal["of"]) && typeof signal["of"]["ref"] === "string" ? signal["of"]["ref"].replace(/^[^.]*\./, "") : undefined;
  const parts = [
    measureText(signal),
    of === undefined ? "" : `of ${of}`,
    condition["is"] === "timesNormal"
      ? `${textOf(condition["value"])} times what is normal`
      : `${compared[textOf(condition["is"])] ?? "is"} ${textOf(condition["value"])}`,
    signal["over"] === undefined ? "" : `over ${textOf(signal["over"])}`,
    condition["for"] === undefined ? "" : `for ${textOf(condition["for"])}`,
  ];
  return printable(parts.filter((part) => part !== "").join(" "));
}

/** errorRate → error rate; p95 latency. */
function measureText(signal: Readonly<Record<string, unknown>>): string {
  const measure = textOf(signal["measure"]);
  if (measure === "metric") return textOf(signal["metric"]);
  if (measure === "promql") return textOf(signal["expression"]);
  const words = measure.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const { quantile } = signal;
  return typeof quantile === "number" ? `p${Math.round(quantile * 1e4) / 100} ${words}` : words;
}

function textOf(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
