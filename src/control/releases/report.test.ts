import { describe, expect, test } from "vitest";
import { readReport } from "./report.ts";

const sarif = (results: readonly object[], rules: readonly object[] = [], more: object = {}) =>
  JSON.stringify({ version: "2.1.0", runs: [{ tool: { driver: { name: "scan", rules } }, results, ...more }] });
const zap = (...alerts: readonly object[]) => JSON.stringify({ site: [{ "@name": "http://shop", alerts }] });

describe("what a report says", () => {
  test("SARIF: the score of the rule counts before the level, and what is suppressed or passed is no finding", () => {
    const { findings, ok, examples } = readReport(
      sarif(
        [
          { ruleId: "injection", level: "warning", message: { text: "SQL from the request" } },
          { ruleId: "style", level: "note", message: { text: "long line" } },
          { ruleId: "old", message: { text: "an old library" } },
          { ruleId: "known", level: "error", suppressions: [{ kind: "external" }] },
          { ruleId: "passed", level: "error", kind: "pass" },
        ],
        [
          { id: "injection", properties: { "security-severity": "9.1" } },
          { id: "old", defaultConfiguration: { level: "error" } },
        ],
      ),
    );
    expect([findings, ok]).toEqual([{ low: 1, medium: 0, high: 1, critical: 1 }, false]);
    expect(examples[0]).toBe("critical: SQL from the request");
  });

  test("ZAP: what is informational or a false positive is no finding", () => {
    const { findings, ok } = readReport(
      zap(
        { name: "XSS", riskcode: "3", confidence: "2" },
        { name: "none of it", riskcode: "3", confidence: "0" },
        { name: "header", riskcode: "1", confidence: "2" },
        { name: "info", riskcode: "0" },
      ),
    );
    expect([findings, ok]).toEqual([{ low: 1, medium: 0, high: 1, critical: 0 }, false]);
  });

  test.each([
    ['<testsuites tests="3" failures="0" errors="0"><testsuite tests="3" failures="0"/></testsuites>', true, "3 tests passed"],
    [
      '<testsuites><testsuite tests="2" failures="1"/><testsuite tests="1" errors="1"/></testsuites>',
      false,
      "2 of 3 tests failed",
    ],
    ['<?xml version="1.0"?><testsuite name="a" tests="1" failures="0"></testsuite>', true, "1 test passed"],
  ])("JUnit: %s", (text, ok, says) => {
    expect(readReport(text)).toMatchObject({ ok, says });
  });

  test("one without a finding is clean", () => {
    expect(readReport(sarif([]))).toMatchObject({ ok: true, says: "nothing was found" });
  });
});

test.each([
  ["nothing", ""],
  ["text", "all is well"],
  ["another document", "{}"],
  ["a list", "[]"],
  ["SARIF that broke off", sarif([], [], { invocations: [{ executionSuccessful: false }] })],
  ["SARIF without results", JSON.stringify({ runs: [{ tool: { driver: {} } }] })],
  ["SARIF without a tool", JSON.stringify({ runs: [{ results: [] }] })],
  ["ZAP about no site", JSON.stringify({ site: [] })],
  ["ZAP without a risk", zap({ name: "?" })],
  ["JUnit without a test", '<testsuite tests="0" failures="0"/>'],
  ["XML of another kind", "<coverage/>"],
])("%s is no report: it would look clean", (_, text) => {
  expect(() => readReport(text)).toThrow(expect.objectContaining({ code: "bad-report" }));
});
