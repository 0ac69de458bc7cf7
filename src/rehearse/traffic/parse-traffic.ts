import { UserError } from "../../lib/errors.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";
import type { TrafficShape } from "./shape.ts";

const number = String.raw`\d+(?:\.\d+)?`;
const constant = new RegExp(`^(?<rps>${number})rps$`);
const diurnal = new RegExp(`^diurnal:(?<least>${number})\\.\\.(?<most>${number})rps(?:@(?<hour>${number})h)?$`);
const spikes = new RegExp(`^spikes:(?<rps>${number})rps,x(?<times>${number}),every=(?<every>[^,]+),for=(?<span>[^,]+)$`);
/** More than this is a mistake in the unit. */
const most = 10_000_000;
const mostPoints = 100_000;

/** `50rps`, `diurnal:20..200rps` (quiet at 3 h UTC, or `@5h`), `spikes:50rps,x4,every=1h,for=5m`; undefined where it is none of these. */
export function parseTraffic(text: string): TrafficShape | undefined {
  const rate = (given: string | undefined): number => {
    const value = Number(given);
    if (!(value > 0) || value > most) throw wrong(text, "say more than 0 and at most 10,000,000 requests a second");
    return value;
  };
  const one = constant.exec(text)?.groups;
  if (one !== undefined) return { text, shape: "constant", perSecond: rate(one["rps"]) };
  const day = diurnal.exec(text)?.groups;
  if (day !== undefined) {
    const [least, highest, quietHour] = [rate(day["least"]), rate(day["most"]), Number(day["hour"] ?? 3)];
    if (highest < least || quietHour >= 24) throw wrong(text, "write it as diurnal:20..200rps, or diurnal:20..200rps@5h");
    return { text, shape: "diurnal", least, most: highest, quietHour };
  }
  const bursts = spikes.exec(text)?.groups;
  if (bursts === undefined) return undefined;
  const [everyMs, forMs] = [parseDurationMs(bursts["every"] ?? ""), parseDurationMs(bursts["span"] ?? "")];
  const times = Number(bursts["times"]);
  if (everyMs === undefined || forMs === undefined || forMs >= everyMs || everyMs < 1_000 || times > 10_000)
    throw wrong(text, "write it as spikes:50rps,x4,every=1h,for=5m, each shorter than what is between them");
  return { text, shape: "spikes", perSecond: rate(bursts["rps"]), times, everyMs, forMs };
}

/** Lines of seconds and requests a second (`0,12.5`), a heading or none; what an export of a dashboard looks like. */
export function parseRecorded(text: string, name: string): TrafficShape {
  const atMs: number[] = [];
  const perSecond: number[] = [];
  let beganMs: number | undefined;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "") continue;
    const [at, value, ...rest] = line.split(/[,;\t]/).map((part) => Number(part.trim() === "" ? Number.NaN : part));
    if (index === 0 && Number.isNaN(at)) continue;
    const ms = (at ?? Number.NaN) * 1_000;
    if (rest.length > 0 || !Number.isFinite(ms) || value === undefined || !(value >= 0) || value > most)
      throw wrong(name, `line ${index + 1} is not seconds and requests a second, as 60,12.5`);
    beganMs ??= ms;
    const since = ms - beganMs;
    if (atMs.length > 0 && since <= (atMs.at(-1) ?? 0))
      throw wrong(name, `line ${index + 1} is not later than the one before it`);
    if (atMs.length >= mostPoints) throw wrong(name, `it has more than ${mostPoints} lines`);
    atMs.push(since);
    perSecond.push(value);
  }
  if (atMs.length < 2 || perSecond.every((value) => value === 0))
    throw wrong(name, "it needs two lines at least, and some traffic");
  return { text: name, shape: "recorded", atMs, perSecond };
}

export function wrong(text: string, hint: string): UserError {
  return new UserError("unknown-traffic", `${shown(text)} is no traffic that can be rehearsed`, { hint });
}
