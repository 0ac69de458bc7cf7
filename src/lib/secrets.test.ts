import { expect, test } from "vitest";
import { lineWithoutSecrets, textWithoutSecrets } from "./secrets.ts";

test.each([
  ['  DB_PASSWORD: "hunter2",', "hunter2"],
  ["  DB_PASSWORD: 'hunter2'", "hunter2"],
  ["const apiKey = `hunter2`;", "hunter2"],
  ['  API_TOKEN: ci ? "tok-one" : "tok-two",', "tok-"],
  ['  X_SECRET: String("hunter2"),', "hunter2"],
  ['  url: "postgres://root:hunter2@host/db",', "hunter2"],
])("%s is shown without %s, and keeps its columns", (line, secret) => {
  const shown = lineWithoutSecrets(line);
  expect(shown).not.toContain(secret);
  expect(shown).toHaveLength(line.length);
});

test.each([
  ["DB_PASSWORD: hunter2-very-secret"],
  ["  password: hunter2"],
  ["URL: postgres://root:hun@ter2@host/db # hunter2".replace(" # hunter2", "")],
])("in data %s is shown without its value", (line) => {
  expect(lineWithoutSecrets(line, true)).not.toMatch(/hun/);
});

test.each(['  password: secret("database-password"),', "  apiKey,", "  token: db.token,", "  keys: [tokens],", "  cpu: 2,"])(
  "%s is shown as it is",
  (line) => {
    expect(lineWithoutSecrets(line)).toBe(line);
  },
);

test("messages keep their words and lose their credentials", () => {
  expect(textWithoutSecrets("cannot reach postgres://root:hunter2@host/db with AKIAIOSFODNN7EXAMPLE")).toBe(
    "cannot reach postgres://root:…@host/db with …",
  );
});
