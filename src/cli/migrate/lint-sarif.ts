import type { UserError } from "../../lib/errors.ts";
import type { Finding } from "../../migrations/finding.ts";

const levels = { error: "error", warning: "warning", advice: "note" } as const;

/** SARIF 2.1.0, as code scanning reads it. */
export async function sarifDocument(findings: readonly Finding[], unread: readonly UserError[]): Promise<object> {
  const { ownRules, rules } = await import("../../migrations/rules/all.ts");
  const all = [...rules, ...ownRules];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "gantry migrate lint",
            rules: all.map(({ id, severity, title, why, family }) => ({
              id,
              shortDescription: { text: title },
              fullDescription: { text: why },
              help: { text: why },
              defaultConfiguration: { level: levels[severity] },
              properties: { tags: [family] },
            })),
          },
        },
        columnKind: "utf16CodeUnits",
        invocations: [
          {
            executionSuccessful: unread.length === 0,
            toolExecutionNotifications: unread.map(({ code, message, places }) => ({
              descriptor: { id: code },
              level: "error",
              message: { text: message },
              locations: places.map(({ file, line, column }) => ({
                physicalLocation: { artifactLocation: artifact(file), region: { startLine: line, startColumn: column } },
              })),
            })),
          },
        ],
        results: findings.map(({ rule, severity, says, file, from, to, safe }) => ({
          ruleId: rule,
          ruleIndex: all.findIndex(({ id }) => id === rule),
          level: levels[severity],
          message: {
            text: [says, ...(safe?.steps ?? []).map(({ title, sql }, nth) => `${nth + 1}. ${title}:\n${sql}`)].join("\n"),
          },
          locations: [
            {
              physicalLocation: {
                artifactLocation: artifact(file),
                region: { startLine: from.line, startColumn: from.column, endLine: to.line, endColumn: to.column },
              },
            },
          ],
        })),
      },
    ],
  };
}

function artifact(file: string) {
  return {
    uri: file
      .split(/[\\/]/)
      .map((one) => encodeURIComponent(Buffer.from(one).toString()))
      .join("/"),
  };
}
