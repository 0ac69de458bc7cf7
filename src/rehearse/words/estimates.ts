import { spanText } from "../../delivery/words/span.ts";
import type { Estimate } from "../statistics/intervals.ts";

// Estimates as a person says them: "93.4 % (91.7–94.9 %)", "4 min (3 min 35 s – 4 min 20 s)".

export function shareText(share: number): string {
  const percent = share * 100;
  const digits = percent === 0 || percent >= 99.95 ? 0 : percent < 0.1 ? 3 : percent < 10 || percent > 99 ? 2 : 1;
  return `${Number(percent.toFixed(digits))} %`;
}

export function chanceText({ value, from, to }: Estimate): string {
  return Number.isNaN(value) ? "not known" : `${shareText(value)} (${shareText(from).slice(0, -2)}–${shareText(to)})`;
}

const written = new Intl.NumberFormat("en-US", { maximumFractionDigits: 1 });

export function numberText(value: number): string {
  return written.format(Math.abs(value) >= 100 ? Math.round(value) : Number(value.toFixed(1)));
}

export function countText(estimate: Estimate): string {
  return within(estimate, numberText);
}

export function timeText(estimate: Estimate): string {
  return within(estimate, (ms) => spanText(Math.round(ms / 1_000) * 1_000));
}

export function budgetText(estimate: Estimate): string {
  return within(estimate, shareText);
}

function within({ value, from, to }: Estimate, text: (value: number) => string): string {
  const [least, most] = [Number.isFinite(from) ? text(from) : "?", Number.isFinite(to) ? text(to) : "?"];
  const said = text(value);
  return least === said && most === said ? said : `${said} (${least} – ${most})`;
}
