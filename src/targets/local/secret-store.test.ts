import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSecretStore } from "./secret-store.ts";

let folder: string;
let place: { secrets: string; machineKey: string };
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gantry-secrets-"));
  place = { secrets: path.join(folder, "secrets"), machineKey: path.join(folder, "home", "key") };
});
const files = () => readdirSync(place.secrets).map((name) => path.join(place.secrets, name));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a secret is read back, and is nowhere to be read on disk", () => {
  openSecretStore(place).set("token", "very secret indeed");
  expect(openSecretStore(place).get("token", "dev")).toBe("very secret indeed");
  const [file = ""] = files();
  expect(readFileSync(file, "utf8")).not.toContain("very secret");
  expect([place.secrets, file, place.machineKey].map((one) => statSync(one).mode & 0o077)).toEqual([0, 0, 0]);
});

test("an environment's own comes before the one for all", () => {
  const store = openSecretStore(place);
  store.set("token", "for all");
  store.set("token", "for prod", "prod");
  expect([store.get("token", "dev"), store.get("token", "prod")]).toEqual(["for all", "for prod"]);
  expect(store.list()).toEqual([{ name: "token" }, { name: "token", environment: "prod" }]);
  expect([store.remove("token", "prod"), store.remove("token", "prod"), store.get("token", "prod")]).toEqual([
    true,
    false,
    "for all",
  ]);
});

test("what is made up stays the same, is different for each name, and can be forgotten", () => {
  const store = openSecretStore(place);
  const made = store.made("dev/db/api");
  expect(made.length).toBeGreaterThanOrEqual(24);
  expect(openSecretStore(place).made("dev/db/api")).toBe(made);
  expect(store.made("dev/db/web")).not.toBe(made);
  store.forgetMade("dev/");
  expect(store.made("dev/db/api")).not.toBe(made);
});

test("a name such as __proto__ is a name like any other", () => {
  const store = openSecretStore(place);
  store.set("__proto__", "value");
  expect(openSecretStore(place).get("__proto__", "dev")).toBe("value");
  expect(store.get("constructor", "dev")).toBeUndefined();
});

test("another machine's key opens nothing, and what was changed on disk neither", () => {
  openSecretStore(place).set("token", "value");
  const other = { ...place, machineKey: path.join(folder, "other") };
  expect(() => openSecretStore(other).get("token", "dev")).toThrow(expect.objectContaining({ code: "broken-key" }));
  const [file = ""] = files();
  const stored = JSON.parse(readFileSync(file, "utf8")) as { sealed: string };
  const bytes = Buffer.from(stored.sealed, "base64");
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
  writeFileSync(file, JSON.stringify({ ...stored, sealed: bytes.toString("base64") }));
  expect(() => openSecretStore(place).get("token", "dev")).toThrow(expect.objectContaining({ code: "broken-key" }));
});

test("what was made up is made up again where the key is another: nobody has to remember it", () => {
  const before = openSecretStore(place).made("dev/db/api");
  const other = { ...place, machineKey: path.join(folder, "other") };
  const after = openSecretStore(other).made("dev/db/api");
  expect(after).not.toBe(before);
  expect(openSecretStore(other).made("dev/db/api")).toBe(after);
});

test("a secret that cannot be read says so, and which file it is", () => {
  openSecretStore(place).set("token", "value");
  const [file = ""] = files();
  writeFileSync(file, "{ half");
  expect(() => openSecretStore(place).get("token", "dev")).toThrow(
    expect.objectContaining({
      code: "broken-state",
      message: expect.stringContaining(file),
      hint: expect.stringContaining("move it away"),
    }),
  );
});
