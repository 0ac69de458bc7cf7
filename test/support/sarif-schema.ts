// The part of SARIF 2.1.0 that is written here, with nothing beside it: section 3 of
// https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html. What OASIS publishes itself is more, and not ours to copy.

type Schema = { readonly [key: string]: unknown };

/** RFC 3986: what an address may hold, and a `%` only before two hexadecimal digits. */
export const sarifFormats = {
  "uri-reference": /^(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*$/,
  uri: /^[a-z][a-z0-9+.-]*:(?:[\w.~:/?#[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+$/i,
};

const text: Schema = { type: "string" };
const fromOne: Schema = { type: "integer", minimum: 1 };
const list = (items: Schema, more: Schema = {}): Schema => ({ type: "array", items, ...more });
const object = (required: string[], properties: Record<string, Schema>): Schema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});

/** 3.27.10 */
const level: Schema = { enum: ["none", "note", "warning", "error"] };
/** 3.11, 3.12 */
const message = object(["text"], { text });
/** 3.4, 3.29, 3.30 */
const location = object(["physicalLocation"], {
  physicalLocation: object(["artifactLocation", "region"], {
    artifactLocation: object(["uri"], { uri: { type: "string", format: "uri-reference" } }),
    region: object(["startLine"], { startLine: fromOne, startColumn: fromOne, endLine: fromOne, endColumn: fromOne }),
  }),
});
/** 3.49 */
const rule = object(["id"], {
  id: text,
  shortDescription: message,
  fullDescription: message,
  help: message,
  defaultConfiguration: object([], { level }),
  properties: { type: "object", properties: { tags: list(text, { uniqueItems: true }) } },
});
/** 3.20, 3.58 */
const invocation = object(["executionSuccessful"], {
  executionSuccessful: { type: "boolean" },
  toolExecutionNotifications: list(
    object(["message"], {
      descriptor: object(["id"], { id: text }),
      level,
      message,
      locations: list(location, { uniqueItems: true }),
    }),
  ),
});
/** 3.27 */
const result = object(["message"], {
  ruleId: text,
  ruleIndex: { type: "integer", minimum: -1 },
  level,
  message,
  locations: list(location),
});

export const sarifSchema: Schema = object(["version", "runs"], {
  $schema: { type: "string", format: "uri" },
  version: { const: "2.1.0" },
  runs: list(
    object(["tool"], {
      // 3.18, 3.19
      tool: object(["driver"], {
        driver: object(["name"], {
          name: text,
          version: text,
          informationUri: { type: "string", format: "uri" },
          rules: list(rule, { uniqueItems: true }),
        }),
      }),
      columnKind: { enum: ["utf16CodeUnits", "unicodeCodePoints"] },
      invocations: list(invocation),
      results: list(result),
    }),
  ),
});
