// Numbers as a person says them, in the sentence of a verdict.

/** Two digits that count, and whole numbers in full: 0.56, 1.9, 620, 5,580. */
export function asNumber(value: number): string {
  const rounded = Number.isInteger(value) || value >= 100 ? Math.round(value) : Number(value.toPrecision(value >= 1 ? 3 : 2));
  return rounded.toLocaleString("en-US", { maximumFractionDigits: 12 });
}

export function asShare(share: number): string {
  return `${Number((share * 100).toPrecision(2)).toLocaleString("en-US", { maximumFractionDigits: 6 })} %`;
}

export function asOdds(evidence: number): string {
  if (evidence >= 1_000_000) return "more than 1,000,000 to 1";
  return `${evidence >= 100 ? asNumber(evidence) : Number(evidence.toPrecision(2))} to 1`;
}

export function asMinutes(ms: number): string {
  const [amount, unit] =
    ms < 60_000
      ? [ms / 1_000, "second"]
      : ms < 7_200_000
        ? [ms / 60_000, "minute"]
        : ms < 172_800_000
          ? [ms / 3_600_000, "hour"]
          : [ms / 86_400_000, "day"];
  const rounded = Math.ceil(amount - 1e-9);
  return `${rounded} ${unit}${rounded === 1 ? "" : "s"}`;
}
