import { z } from "zod";
import { parseBytes, parseDurationMs } from "../../lib/quantities.ts";
import type { Collection } from "../node.ts";
import { cronProblem } from "../schedule.ts";
import { singular } from "../singular.ts";

// A spec is read once by each schema: compiling them, as zod would, costs more than it ever saves.
z.config({ jitless: true });

// The smallest words of the data form. Their messages say what was expected; the place comes from the path.

/** Control characters of both halves, and those that turn the direction of text: a terminal obeys them. */
const controlCharacters = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/; // oxlint-disable-line no-control-regex

/** Text for people. */
export const text = z.string().max(2_000).refine((given) => !controlCharacters.test(given), { error: "control characters are not allowed here" });

/** A name that ends up in hosts, shell, HCL and YAML. */
export const slug = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,61}[a-z0-9]$|^[a-z]$/, "a name here is lower-case letters, digits and dashes, starts with a letter and has at most 63 characters");

/** A name that people read: an alert's, a dashboard's. */
export const title = text.min(1, "a name cannot be empty").max(120);

/** An identifier of another system: an image, a file, a command's argument. Nothing that a shell or HCL would take for more than text. */
export const identifier = z.string().min(1).max(500).regex(/^[^\u0000-\u001f\u007f"'`$\\;|&]+$/, "quotes, $, ;, |, & and control characters are not allowed here"); // oxlint-disable-line no-control-regex

/** A command line. It is run as it is written, so only control characters are refused. */
export const command = z.string().min(1).max(4_000).refine((given) => !controlCharacters.test(given), { error: "a command is one line, without control characters" });

export const filePath = identifier.refine((given) => !given.startsWith("/") && !given.split("/").includes(".."), {
  error: "a path here stays inside the repository: no leading /, no ..",
});

/** The same for a folder, which may be `.` and go up where it has gone down before; a spec lies at the root of its repository. */
export const folderPath = identifier.refine(staysInside, {
  error: "a folder here is inside that of the spec, which lies at the root of its repository: no leading /, and no .. that leads out",
});

function staysInside(given: string): boolean {
  let depth = 0;
  for (const step of given.split("/")) {
    depth += step === ".." ? -1 : step === "" || step === "." ? 0 : 1;
    if (depth < 0) return false;
  }
  return !given.startsWith("/");
}

export const duration = z.string().refine((given) => (parseDurationMs(given) ?? 0) > 0, { error: "not a duration: write it as 90s, 30m, 12h, 7d", params: { code: "bad-duration" } });
export const percent = z.string().regex(/^(?:100(?:\.0+)?|\d{1,2}(?:\.\d+)?)%$/, "not a percentage from 0% to 100%: write it as 2% or 99.9%");
export const bytes = z.string().refine((given) => (parseBytes(given) ?? 0) > 0, { error: "not an amount of memory: write it as 512Mi or 4Gi" });
export const date = z.string().refine((given) => /^\d{4}-\d{2}-\d{2}$/.test(given) && new Date(`${given}T00:00:00Z`).toJSON()?.startsWith(given), {
  error: "not a day of the calendar: write it as 2026-12-24",
});

/** What becomes of times at which nobody was there. */
export const missed = z.enum(["skip", "catch up"]);

export const cron = z.string().check((context) => {
  const problem = cronProblem(context.value);
  if (problem !== undefined) context.issues.push({ code: "custom", message: problem, params: { code: "bad-cron" }, input: context.value });
});

/** A path of a URL, with * for what may stand there. */
export const urlPath = z.string().regex(/^\/[A-Za-z0-9._~!@%+:=/*-]*$/, "a path starts with / and has no spaces or quotes");

export const port = z.int().min(1, "a port is a number from 1 to 65535").max(65_535, "a port is a number from 1 to 65535");
export const logLevel = z.enum(["debug", "info", "warn", "error"]);
export const flagState = z.union([z.boolean(), percent]);
export const scalar = z.union([text, z.number(), z.boolean()]);

export const host = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/, "not a host name: write it as api.example.com");

/** A reference to something of one of these collections, and to some part of it. */
export function ref(...collections: readonly Collection[]) {
  return refWith({}, ...collections);
}

export function refWith<Shape extends z.core.$ZodLooseShape>(shape: Shape, ...collections: readonly Collection[]) {
  const pattern = new RegExp(`^(?:${collections.join("|")})\\.(.+)$`, "s");
  const what = collections.map((collection) => singular[collection]).join(" or a ");
  return z.strictObject({ ref: z.string().regex(pattern, `expected a ${what}`), ...shape });
}
