import { UserError } from "../../lib/errors.ts";
import { isRecord } from "../../lib/is-record.ts";
import { count, printable } from "../../lib/text.ts";

const levels = ["low", "medium", "high", "critical"] as const;
export type Level = (typeof levels)[number];

/** What a check found, in one form, whatever it was written in. */
export type Report = {
  readonly schemaVersion: 1;
  readonly format: "sarif" | "zap" | "junit" | "said";
  readonly ok: boolean;
  /** In one sentence. */
  readonly says: string;
  readonly findings: Readonly<Record<Level, number>>;
  readonly examples: readonly string[];
};

const mostExamples = 5;
const mostFindings = 100_000;
const none: Report["findings"] = { low: 0, medium: 0, high: 0, critical: 0 };

/** A person's or a pipeline's word for it. */
export function saidReport(ok: boolean): Report {
  return { schemaVersion: 1, format: "said", ok, says: ok ? "it passed" : "it failed", findings: none, examples: [] };
}

/** SARIF, ZAP's JSON or JUnit's XML; refused where it is none of them: an empty report is no clean one. */
export function readReport(text: string): Report {
  const trimmed = text.trimStart();
  if (trimmed.startsWith("<")) return junitReport(trimmed);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw unreadable("it is neither JSON nor XML");
  }
  if (!isRecord(document)) throw unreadable("it is no report");
  if (Array.isArray(document["runs"])) return sarifReport(document["runs"]);
  if (Array.isArray(document["site"])) return zapReport(document["site"]);
  throw unreadable("it has neither the runs of SARIF nor the sites of ZAP");
}

function unreadable(why: string): UserError {
  return new UserError("bad-report", `this report cannot be read: ${why}`, {
    hint: "SARIF, the JSON of ZAP, or the XML of JUnit; or say --passed or --failed",
  });
}

type Finding = { readonly level: Level; readonly title: string };

function reportOf(format: Report["format"], findings: readonly Finding[]): Report {
  const counts = { ...none };
  for (const { level } of findings) counts[level] += 1;
  const worst = findings.toSorted((a, b) => levels.indexOf(b.level) - levels.indexOf(a.level));
  const bad = counts.high + counts.critical;
  return {
    schemaVersion: 1,
    format,
    ok: bad === 0,
    says: findings.length === 0 ? "nothing was found" : `${count(findings.length, "finding")}, ${bad} of them high or critical`,
    findings: counts,
    examples: worst.slice(0, mostExamples).map(({ level, title }) => printable(`${level}: ${title}`.slice(0, 200))),
  };
}

function sarifReport(runs: readonly unknown[]): Report {
  const findings: Finding[] = [];
  for (const run of runs) {
    // A run that broke off has not found nothing.
    if (!isRecord(run) || !isRecord(run["tool"])) throw unreadable("a run in it names no tool");
    for (const one of list(run["invocations"]))
      if (isRecord(one) && one["executionSuccessful"] === false)
        throw unreadable("its tool says that it did not come to its end");
    const rules = new Map(
      rulesOf(run["tool"]).flatMap((rule): [string, Readonly<Record<string, unknown>>][] =>
        typeof rule["id"] === "string" ? [[rule["id"], rule]] : [],
      ),
    );
    if (!Array.isArray(run["results"])) throw unreadable("a run in it has no results");
    for (const result of run["results"]) {
      if (!isRecord(result) || list(result["suppressions"]).length > 0 || (result["kind"] ?? "fail") !== "fail") continue;
      if (findings.length >= mostFindings) throw unreadable(`it has more than ${mostFindings} findings`);
      const rule = rules.get(String(result["ruleId"] ?? ""));
      const message = isRecord(result["message"]) ? result["message"]["text"] : undefined;
      findings.push({ level: sarifLevel(result, rule), title: String(message ?? result["ruleId"] ?? "a finding") });
    }
  }
  return reportOf("sarif", findings);
}

function rulesOf(tool: Readonly<Record<string, unknown>>): readonly Readonly<Record<string, unknown>>[] {
  return [tool["driver"], ...list(tool["extensions"])].flatMap((one) =>
    isRecord(one) ? list(one["rules"]).filter(isRecord) : [],
  );
}

/** The score that scanners give beside SARIF's own levels, which know no more than an error. */
function sarifLevel(result: Readonly<Record<string, unknown>>, rule: Readonly<Record<string, unknown>> | undefined): Level {
  for (const one of [result, rule]) {
    const properties = isRecord(one?.["properties"]) ? one["properties"] : {};
    const score = Number(properties["security-severity"] ?? NaN);
    if (score >= 0) return score >= 9 ? "critical" : score >= 7 ? "high" : score >= 4 ? "medium" : "low";
  }
  const usual = isRecord(rule?.["defaultConfiguration"]) ? rule["defaultConfiguration"]["level"] : undefined;
  const level = result["level"] ?? usual ?? "warning";
  return level === "error" ? "high" : level === "warning" ? "medium" : "low";
}

function zapReport(sites: readonly unknown[]): Report {
  const findings: Finding[] = [];
  if (sites.length === 0) throw unreadable("it is about no site");
  for (const site of sites) {
    if (!isRecord(site) || !Array.isArray(site["alerts"])) throw unreadable("a site in it has no alerts");
    for (const alert of site["alerts"]) {
      if (!isRecord(alert)) continue;
      if (findings.length >= mostFindings) throw unreadable(`it has more than ${mostFindings} findings`);
      const risk = Number(alert["riskcode"] ?? NaN);
      if (!(risk >= 0 && risk <= 3)) throw unreadable("an alert in it has no riskcode");
      // Marked as a false positive by whoever looked at it; 0 is informational.
      if (String(alert["confidence"]) === "0" || risk === 0) continue;
      findings.push({
        level: risk === 3 ? "high" : risk === 2 ? "medium" : "low",
        title: String(alert["name"] ?? alert["alert"] ?? "an alert"),
      });
    }
  }
  return reportOf("zap", findings);
}

/** Only its counts: a tag's attributes are all that is read of the XML. */
function junitReport(text: string): Report {
  const suites = [...text.matchAll(/<testsuites?\b([^>]*)>/g)].map((match) => match[0]);
  if (suites.length === 0) throw unreadable("it is XML, and not of JUnit");
  // The outermost one adds up those in it, where it counts at all.
  const whole = suites.find((tag) => tag.startsWith("<testsuites") && attribute(tag, "tests") !== undefined);
  const counted = whole === undefined ? suites.filter((tag) => !tag.startsWith("<testsuites")) : [whole];
  const sum = (name: string) => counted.reduce((all, tag) => all + (attribute(tag, name) ?? 0), 0);
  const tests = sum("tests");
  const failed = sum("failures") + sum("errors");
  if (tests === 0) throw unreadable("no test was run");
  return {
    schemaVersion: 1,
    format: "junit",
    ok: failed === 0,
    says: failed === 0 ? `${count(tests, "test")} passed` : `${failed} of ${count(tests, "test")} failed`,
    findings: none,
    examples: [],
  };
}

function attribute(tag: string, name: string): number | undefined {
  const found = new RegExp(`\\b${name}="(\\d{1,9})"`).exec(tag)?.[1];
  return found === undefined ? undefined : Number(found);
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
