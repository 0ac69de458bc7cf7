import { expect, test } from "vitest";
import { specWithoutSecrets, lineWithoutSecrets, textWithoutSecrets, withoutSecrets } from "./secrets.ts";

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

test("of a large value nothing is left out, but where an excerpt is asked for", () => {
  const value = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`name-${n}`, n === 7 ? { password: "hunter2" } : n]));
  const whole = withoutSecrets(value) as Record<string, unknown>;
  expect([Object.keys(whole).length, whole["name-7"], whole["name-29"]]).toEqual([30, { password: "…" }, 29]);
  expect(Object.keys(withoutSecrets(value, false, { most: 20 }) as object)).toHaveLength(20);
});

test("a spec keeps its order and the names of its secrets, and loses what could be one", () => {
  const spec = {
    services: {
      api: {
        secrets: ["API_KEY"],
        env: { API_TOKEN: "tok-1", URL: "postgres://root:hunter2@host/db", DB_PASSWORD: { ref: "secrets.db" } },
      },
    },
    secrets: { "db-password": { from: "vault", rotate: "90d", leaked: "AKIAIOSFODNN7EXAMPLE" } },
    api: Array.from({ length: 30 }, (_, n) => n),
  };
  const shown = specWithoutSecrets(spec);
  expect(shown).toEqual({
    services: { api: { secrets: ["API_KEY"], env: { API_TOKEN: "…", URL: "…", DB_PASSWORD: { ref: "secrets.db" } } } },
    secrets: { "db-password": { from: "vault", rotate: "90d", leaked: "…" } },
    api: spec.api,
  });
  expect(Object.keys(shown as object)).toEqual(["services", "secrets", "api"]);
});
