// Quantities are written with their unit and stay text in plain data ("30m", "2%", "512Mi"): whoever reads a plan or an
// environment sees what was meant. These functions turn them into numbers where something is computed.

const msPerUnit = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000, y: 31_536_000_000 } as const;
const bytesPerUnit = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 } as const;

const durationPattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)$/;
const percentPattern = /^(\d+(?:\.\d+)?)%$/;
const bytesPattern = /^(\d+(?:\.\d+)?)(Ki|Mi|Gi|Ti)$/;

/** Milliseconds of "90s", "1.5h", "7d"; undefined for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const match = durationPattern.exec(text);
  if (!match) return undefined;
  const ms = Number(match[1]) * msPerUnit[match[2] as keyof typeof msPerUnit];
  return Number.isFinite(ms) && ms <= 100 * msPerUnit.y ? ms : undefined;
}

/** A span in the largest of these units of which it is a whole number: 5400000 is `90m`. In milliseconds where it is none of any. */
export function inOneUnit<Unit extends keyof typeof msPerUnit>(ms: number, units: readonly Unit[]): `${number}${Unit | "ms"}` {
  const unit = units.find((one) => ms % msPerUnit[one] === 0) ?? "ms";
  return `${ms / msPerUnit[unit]}${unit}`;
}

/** 0.02 for "2%"; undefined for anything else. */
export function parseShare(text: string): number | undefined {
  const match = percentPattern.exec(text);
  return match ? Number(match[1]) / 100 : undefined;
}

/** Bytes of "512Mi", "1Gi"; undefined for anything else. */
export function parseBytes(text: string): number | undefined {
  const match = bytesPattern.exec(text);
  if (!match) return undefined;
  const bytes = Number(match[1]) * bytesPerUnit[match[2] as keyof typeof bytesPerUnit];
  return Number.isFinite(bytes) ? bytes : undefined;
}

/** Milliseconds of a duration that has been validated already. */
export function durationMs(text: string): number {
  return required(parseDurationMs(text), text);
}

/** The share that a validated percentage stands for. */
export function shareOf(text: string): number {
  return required(parseShare(text), text);
}

/** The bytes of a validated size. */
export function bytesOf(text: string): number {
  return required(parseBytes(text), text);
}

function required(value: number | undefined, text: string): number {
  if (value === undefined) throw new TypeError(`not a quantity: ${JSON.stringify(text)}`);
  return value;
}
