// Numbers as a person says them, in the sentence of a verdict.

const written = new Intl.NumberFormat("en-US", { maximumFractionDigits: 12 });

/** Digits that count, and whole numbers in full: 0.56, 1.9, 620, 5,580. */
export function asNumber(value: number): string {
  const rounded = Number.isInteger(value) || value >= 100 ? Math.round(value) : Number(value.toPrecision(value >= 1 ? 3 : 2));
  return written.format(rounded);
}

export function asShare(share: number): string {
  return `${written.format(Number((share * 100).toPrecision(2)))} %`;
}

export function asOdds(evidence: number): string {
  if (evidence >= 1_000_000) return "more than 1,000,000 to 1";
  return `${evidence >= 100 ? asNumber(evidence) : Number(evidence.toPrecision(2))} to 1`;
}

const units = [
  ["day", 86_400_000, 2],
  ["hour", 3_600_000, 2],
  ["minute", 60_000, 1],
] as const;

/** Rounded up: a span that something needs. */
export function asSpan(ms: number): string {
  const [unit, unitMs] = units.find(([, unitMs, least]) => ms >= least * unitMs) ?? ["second", 1_000];
  const amount = Math.ceil(ms / unitMs - 1e-9);
  return `${amount} ${unit}${amount === 1 ? "" : "s"}`;
}
