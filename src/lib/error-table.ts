/** How a failure is told apart by programs. `docs/errors.md` says of each code what it means; a test keeps the two together. */
export type ErrorRow = { readonly exit: number; readonly http: number; readonly title: string };

const wrong = (title: string): ErrorRow => ({ exit: 2, http: 422, title });

export const errorTable: Readonly<Record<string, ErrorRow>> = {
  usage: { exit: 2, http: 400, title: "The command line is wrong" },
  "no-spec": { exit: 2, http: 404, title: "There is no spec to read" },
  "unknown-environment": { exit: 2, http: 404, title: "There is no such environment" },
  "unknown-switch": { exit: 2, http: 404, title: "There is no such switch or case" },
  "unknown-path": { exit: 2, http: 404, title: "There is nothing at that path" },
  "would-overwrite": { exit: 2, http: 409, title: "A file is there already" },
  interrupted: { exit: 130, http: 499, title: "Interrupted" },
  internal: { exit: 70, http: 500, title: "A mistake in Gantry itself" },

  "unreadable-spec": wrong("The spec cannot be read"),
  "unsound-spec": wrong("The spec has problems"),
  syntax: wrong("The file cannot be parsed"),
  "missing-import": wrong("An import leads nowhere"),
  awaits: wrong("The spec awaits something"),
  "spec-throws": wrong("The spec throws"),
  "endless-spec": wrong("The spec does not come to an end"),
  "exports-nothing": wrong("The spec has no default export"),
  "exports-promise": wrong("The spec exports a promise"),
  "not-a-product": wrong("What the spec gives is no product"),
  "not-text": wrong("The file is not text"),
  "too-large": wrong("The file is too large"),
  "too-deep": wrong("Something is nested too deep"),
  "forbidden-key": wrong("A name that cannot be used"),

  "not-data": wrong("Something that cannot be written down"),
  "cyclic-value": wrong("A value contains itself"),
  "wrong-type": wrong("A value of the wrong kind"),
  missing: wrong("Something is missing"),
  "unknown-key": wrong("A word that does not exist here"),
  "unknown-value": wrong("A value that is none of those possible"),
  "bad-value": wrong("A value that makes no sense"),
  "bad-name": wrong("A name that cannot be one"),
  "out-of-range": wrong("A number or text out of range"),
  "bad-duration": wrong("Not a duration"),
  "bad-cron": wrong("Not a schedule"),
  "bad-moment": wrong("Not a moment"),
  backwards: wrong("An end before its beginning"),

  "unlisted-service": wrong("A service that the product does not list"),
  "unknown-reference": wrong("A reference to nothing"),
  "cyclic-reference": wrong("Things that need each other"),
  "absent-here": wrong("Needed, but not in this environment"),
  "duplicate-name": wrong("A name given twice"),
  "duplicate-host": wrong("A host given twice"),
  "duplicate-port": wrong("A port taken twice"),

  "weights-do-not-rise": wrong("Steps that do not rise"),
  "unmeasured-canary": wrong("A canary that nobody can measure"),
  "role-nobody-has": wrong("A role that nobody has"),
  "never-fires": wrong("A condition that can never come true"),
  "window-too-short": wrong("A window with too few samples"),
  "no-quantile": wrong("A distribution used as a number"),
  "wrong-unit": wrong("A threshold in the wrong unit"),
  "bad-target": wrong("An SLO that cannot be kept or counted"),
  "budget-without-channel": wrong("A budget that nobody is told about"),
  "no-isolation": wrong("Nothing keeps an environment from production"),
  "forbidden-data": wrong("Data where it may not be"),
  "no-backup": wrong("A production database without a backup"),
  "public-store": wrong("A store of data that is open to everybody"),
  "plain-secret": wrong("A secret written in the spec"),
  "limit-below-minimum": wrong("A limit below what is needed"),
  "min-above-max": wrong("A minimum above the maximum"),
  "unknown-region": wrong("A region that does not exist"),
  "standby-in-place": wrong("A standby in the same region"),
  "unknown-size": wrong("A size that does not exist"),
};

export function exitStatusOf(code: string): number {
  return (Object.hasOwn(errorTable, code) ? errorTable[code]?.exit : undefined) ?? 2;
}
