import type { IncomingHttpHeaders } from "node:http";
import { Fault } from "../fault.ts";
import type { Precondition } from "./bucket.ts";
import type { ObjectVersion } from "./object-version.ts";

export type Condition = "go" | "not-modified";

/** RFC 9110, 13.2.2. `prefix` is that of a copy's source. */
export function readCondition(headers: IncomingHttpHeaders, version: ObjectVersion, prefix = ""): Condition {
  const at = (name: string): string | undefined => {
    const value = headers[`${prefix}${name}`];
    return Array.isArray(value) ? value.join(",") : value;
  };
  const seconds = Math.floor(version.at / 1_000) * 1_000;
  const [match, noneMatch] = [at("if-match"), at("if-none-match")];
  const [modified, unmodified] = [Date.parse(at("if-modified-since") ?? ""), Date.parse(at("if-unmodified-since") ?? "")];
  if (match !== undefined ? !names(match, version) : seconds > unmodified) throw failed();
  if (noneMatch !== undefined ? names(noneMatch, version) : seconds <= modified) return "not-modified";
  return "go";
}

/** Whether something may be written where `current` is, or nothing. */
export function writeCondition(headers: IncomingHttpHeaders): Precondition {
  const [match, noneMatch] = [headers["if-match"], headers["if-none-match"]];
  return (current) => {
    if (noneMatch !== undefined && current && names(noneMatch, current)) throw failed();
    if (match === undefined) return;
    if (!current) throw new Fault("NoSuchKey", 404, "The specified key does not exist.");
    if (!names(match, current)) throw failed();
  };
}

function names(list: string, { etag }: ObjectVersion): boolean {
  return list
    .split(",")
    .map((one) => one.trim().replace(/^W\//, ""))
    .some((one) => one === "*" || one === `"${etag}"` || one === etag);
}

function failed(): Fault {
  return new Fault("PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold");
}
