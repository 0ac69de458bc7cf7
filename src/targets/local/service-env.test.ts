import { describe, expect, test } from "vitest";
import type { Environment } from "../../spec/environment.ts";
import { type ResourceHere, copesWithout, revisionName, serviceEnv, usesOf } from "./service-env.ts";

const environment = {
  product: "shop",
  environment: "dev",
  flags: { "new-cart": { is: true } },
  resources: { db: { kind: "postgres", urlIn: { ref: "secrets.database-url" } }, cache: { kind: "redis" } },
  services: {
    api: {
      kind: "service",
      logLevel: "debug",
      uses: [{ ref: "resources.db" }, { ref: "resources.cache", access: "read" }],
      takes: [{ ref: "resources.jobs" }],
      copesWithout: [{ ref: "resources.cache" }],
      cors: { origins: ["https://a.example", { ref: "services.web", attribute: "url" }] },
      env: {
        DATABASE_URL: { ref: "resources.db", attribute: "url" },
        FROM_SECRET: { ref: "secrets.database-url" },
        REDIS_HOST: { ref: "resources.cache", attribute: "host" },
        WEB: { ref: "services.web", attribute: "url" },
        KEY: { ref: "secrets.partner-key" },
        LIMIT: 5,
      },
      here: { command: "node api.js", env: { LIMIT: 6 } },
    },
  },
} as unknown as Environment;
const db: ResourceHere = {
  name: "db",
  kind: "postgres",
  by: "PostgreSQL",
  attributes: (service) => ({ url: { text: `postgres://${service}:pw@127.0.0.1:1/db`, secret: true } }),
  variables: () => ({ PGAPPNAME: { text: "shop" } }),
};
const input = {
  environment,
  service: "api",
  resources: new Map<string, ResourceHere>([
    ["db", db],
    ["cache", { name: "cache", kind: "redis", missing: "install redis-server", attributes: () => ({}) }],
  ]),
  services: new Map([["web", { port: 4001, browserUrl: "http://web.dev.localhost:4600" }]]),
  secret: (name: string) => `made-${name}`,
};

describe("what a service finds in its environment", () => {
  const env = serviceEnv(input);

  test("addresses that hold a password are secret, and so is what comes from a secret", () => {
    expect(env.secret).toEqual({
      DATABASE_URL: "postgres://api:pw@127.0.0.1:1/db",
      FROM_SECRET: "postgres://api:pw@127.0.0.1:1/db",
      KEY: "made-partner-key",
    });
  });

  test("services dial each other's port; browsers are told hosts", () => {
    expect(env.plain).toMatchObject({
      WEB: "http://127.0.0.1:4001",
      CORS_ORIGINS: "https://a.example,http://web.dev.localhost:4600",
    });
  });

  test("flags, who it is, and what its clients look for are there; what stands in for it has the last word", () => {
    expect(env.plain).toMatchObject({
      NEW_CART: "true",
      GANTRY_SERVICE: "api",
      LOG_LEVEL: "debug",
      PGAPPNAME: "shop",
      LIMIT: "6",
    });
  });

  test("what is not here is left out, not empty", () => {
    expect(env.leftOut).toEqual(["REDIS_HOST"]);
    expect({ ...env.plain, ...env.secret }).not.toHaveProperty("REDIS_HOST");
  });

  test("what it uses, takes from and copes without", () => {
    const api = environment.services["api"];
    if (!api) throw new Error("no api");
    expect(usesOf(api)).toEqual(["db", "cache", "jobs"]);
    expect([copesWithout(api, "cache"), copesWithout(api, "db")]).toEqual([true, false]);
  });
});

test("a revision is named after all that it is", () => {
  expect(revisionName("api", { a: 1 })).toMatch(/^api-[0-9a-f]{8}$/);
  expect(revisionName("api", { a: 1 })).toBe(revisionName("api", { a: 1 }));
  expect(revisionName("api", { a: 1 })).not.toBe(revisionName("api", { a: 2 }));
});
