import { shown } from "../lib/text.ts";
import { type Collection, meaningOf } from "./node.ts";
import { singular } from "./singular.ts";

/** Which builders make the members of a collection, for hints. */
export const builders: Readonly<Record<Collection, string>> = {
  services: "service(), frontend(), worker(), cron() and proxy()",
  resources: "postgres(), redis(), bucket() and their kin",
  secrets: "secret()",
  channels: "channel.slack() and its kin",
  roles: "role()",
  approvals: "approval()",
  slos: "slo()",
  alerts: "alert()",
  dashboards: "dashboard()",
  uptime: "uptimeCheck()",
  flags: "flag()",
  datasets: "seed(), fixtures(), synthetic(), demo() and real()",
  tenants: "tenants()",
  resets: "reset()",
  freezes: "freeze()",
  policies: "policy()",
  runbooks: "runbook()",
  exercises: "drill(), gameDay(), loadTest() and their kin",
  checks: "check()",
  environments: "gcp(), aws(), azure() and local()",
};

/** What somebody put where it does not belong, in words. */
export function describe(given: unknown): string {
  if (typeof given === "function") return given.name ? `the function ${given.name}` : "a function";
  if (typeof given === "symbol" || typeof given === "bigint") return `a ${typeof given}`;
  if (!isObject(given)) return shown(given);
  const meaning = meaningOf(given);
  if (meaning?.kind === "entity") return `the ${singular[meaning.collection]} ${shown(meaning.name)}`;
  if (Array.isArray(given)) return "a list";
  const { constructor } = given as { constructor?: { name?: unknown } };
  if (isPlain(given)) return "an object";
  const name = typeof constructor?.name === "string" ? constructor.name : "";
  return name === "" || name === "Object" ? "an object made from another" : `${/^[AEIOU]/.test(name) ? "an" : "a"} ${name}`;
}

export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** An object that is only data: no class, no list, nothing a builder made. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isObject(value) || Array.isArray(value) || meaningOf(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
