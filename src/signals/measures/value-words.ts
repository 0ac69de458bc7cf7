import type { Unit } from "./expression.ts";

/** 2.35 %, 12 ms, 3.2 */
export function valueText(value: number, unit: Unit): string {
  if (unit === "share") return percentText(value);
  if (unit === "seconds") return value < 1 ? `${short(value * 1_000)} ms` : `${short(value)} s`;
  if (unit === "times") return `${short(value)}×`;
  return unit === "count" ? short(value) : `${short(value)} ${unit}`;
}

export function percentText(share: number): string {
  return `${short(share * 100)} %`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
