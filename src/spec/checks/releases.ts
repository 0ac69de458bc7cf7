import type { Path } from "../../lib/paths.ts";
import { shareOf } from "../../lib/quantities.ts";
import { shown } from "../../lib/text.ts";
import { refName } from "../derive.ts";
import { cronProblem } from "../schedule.ts";
import { type EnvironmentContext, type ProductContext, entries } from "./context.ts";

/** A canary goes up, step by step, and somebody can tell how it does. */
export function checkStrategy({ here, name, report }: EnvironmentContext): void {
  const { release } = here;
  if (release?.strategy !== "canary") return;
  let before = 0;
  for (const [index, step] of release.steps.entries()) {
    const share = shareOf(step.to);
    const path = ["release", "steps", index, "to"];
    if (share >= 1)
      report(
        "weights-do-not-rise",
        path,
        `the canary's step to ${step.to} is its end`,
        "leave it out: the last step, to 100%, is implied",
      );
    else if (share <= before)
      report(
        "weights-do-not-rise",
        path,
        `the canary goes from ${percentText(before)} to ${step.to}, but each step has to take more than the one before`,
        "put the steps in rising order, each above 0%",
      );
    before = Math.max(before, share);
  }
  const serving = entries(here.services).filter(([, service]) => ["service", "frontend", "proxy"].includes(service.kind));
  for (const [service, one] of serving)
    if (one.measured === false)
      report(
        "unmeasured-canary",
        ["services", service, "measured"],
        `${name} releases ${service} as a canary, but nothing measures its requests`,
        "measure it (leave measured: false out), or release it blue-green or rolling",
      );
  if (serving.length === 0 && Object.keys(here.services).length > 0)
    report(
      "unmeasured-canary",
      ["release"],
      `${name} releases as a canary, but none of its services takes requests that could be measured`,
      "release rolling()",
    );
}

function percentText(share: number): string {
  return `${Math.round(share * 1e6) / 1e4}%`;
}

/** Whoever has to approve exists. */
export function checkRoles({ product, report }: ProductContext): void {
  const having = new Map(entries(product.roles).map(([role, { members }]) => [role, new Set(members).size]));
  const visit = (value: unknown, path: Path): void => {
    const role = refName(value, "roles");
    if (role !== undefined && having.get(role) === 0) {
      report(
        "role-nobody-has",
        path,
        `this asks for ${shown(role)}, and nobody has that role`,
        `give the role ${shown(role)} members`,
      );
      return;
    }
    if (typeof value !== "object" || value === null) return;
    if ("gate" in value && value.gate === "approval" && "people" in value && "role" in value)
      checkPeople(value.role, Number(value.people), path);
    for (const [key, below] of Object.entries(value)) visit(below, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  const checkPeople = (role: unknown, people: number, path: Path): void => {
    const name = refName(role, "roles");
    const members = name === undefined ? undefined : having.get(name);
    if (members !== undefined && members > 0 && people > members)
      report(
        "role-nobody-has",
        [...path, "people"],
        `this asks for ${people} people of ${shown(name)}, and only ${members === 1 ? "one has" : `${members} have`} that role`,
        `ask for fewer, or give the role ${shown(name)} more members`,
      );
  };
  for (const key of ["environments", "approvals", "freezes", "pipeline", "runbooks", "alerts"] as const)
    visit(product[key], [key]);
}

/** An approval on record is one of two things. */
export function checkApprovals({ product, report }: ProductContext): void {
  for (const [name, { given, pending }] of entries(product.approvals)) {
    if (given !== undefined && pending === true)
      report(
        "bad-value",
        ["approvals", name, "pending"],
        `the approval ${shown(name)} is both given and pending`,
        "keep one of the two",
      );
    if (given === undefined && pending !== true)
      report(
        "missing",
        ["approvals", name],
        `the approval ${shown(name)} is neither given nor pending`,
        'write given: "2026-12-24", or pending: true',
      );
  }
}

/** A freeze has a beginning and an end, in that order. */
export function checkFreezes({ product, report }: ProductContext): void {
  for (const [name, freeze] of entries(product.freezes)) {
    const from = moment(freeze.from);
    const until = moment(freeze.until);
    for (const key of ["from", "until"] as const) {
      const comes = moment(freeze[key]) === "again" ? cronProblem(freeze[key]) : undefined;
      if (comes !== undefined)
        report("bad-cron", ["freezes", name, key], `the freeze ${shown(name)} has ${key}: ${shown(freeze[key])}`, comes);
      if (moment(freeze[key]) === undefined)
        report(
          "bad-moment",
          ["freezes", name, key],
          `${shown(freeze[key])} is no moment`,
          "write it in UTC as 2026-12-24T18:00Z, or as a cron expression that comes again",
        );
    }
    if (from !== undefined && until !== undefined && typeof from !== typeof until)
      report(
        "bad-moment",
        ["freezes", name, "until"],
        `the freeze ${shown(name)} ${from === "again" ? "begins again and again, but ends once" : "begins once, but ends again and again"}`,
        "write both as moments, or both as cron expressions",
      );
    if (typeof from === "number" && typeof until === "number" && until <= from)
      report("backwards", ["freezes", name, "until"], `the freeze ${shown(name)} ends before it begins`, "swap from and until");
  }
}

/** Milliseconds of a moment, "again" for a cron expression. */
function moment(text: string): number | "again" | undefined {
  if (/^\S+ \S+ \S+ \S+ \S+$/.test(text)) return "again";
  if (!/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/.test(text)) return undefined;
  const ms = Date.parse(text.includes("T") ? text : `${text}T00:00Z`);
  // Some engines take the 30th of February for a day in March.
  return Number.isNaN(ms) || !new Date(ms).toISOString().startsWith(text.slice(0, 10)) ? undefined : ms;
}
