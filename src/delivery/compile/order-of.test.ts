import { expect, test } from "vitest";
import type { EnvironmentService } from "../../spec/environment.ts";
import { orderOf } from "./order-of.ts";

const service = (uses: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  ({
    kind: "service",
    uses: uses.map((name) => ({ ref: `services.${name}` })),
    env: Object.fromEntries(Object.entries(env).map(([key, name]) => [key, { ref: `services.${name}`, attribute: "url" }])),
  }) as unknown as EnvironmentService;

test("a service comes after those that it uses or is told the address of, as far as they are released with it", () => {
  expect(orderOf({ web: service([], { API: "api" }), api: service(["ledger", "elsewhere"]), ledger: service([]) })).toEqual({
    web: ["api"],
    api: ["ledger"],
    ledger: [],
  });
});

test("two that need each other wait for neither, and those that need them still wait", () => {
  expect(orderOf({ a: service(["b"]), b: service(["a"]), c: service(["a", "b"]) })).toEqual({ a: [], b: [], c: ["a", "b"] });
});
