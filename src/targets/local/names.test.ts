import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cloudName, hostOf, partsOfKey, previewKey, sharedHostOf, sqlName } from "./names.ts";

const slug = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);

describe("names", () => {
  test("of hosts", () => {
    expect(hostOf("api", "dev")).toBe("api.dev.localhost");
    expect(hostOf("api", previewKey("dev", "pr-42"))).toBe("pr-42---api.dev.localhost");
    expect(sharedHostOf(previewKey("dev", "pr-42"))).toBe("pr-42---dev.localhost");
    expect(partsOfKey("dev.pr-42")).toEqual({ environment: "dev", preview: "pr-42" });
  });

  test("fit where they are used, however long what they are made of is", () => {
    fc.assert(
      fc.property(slug, slug, slug, (product, key, name) => {
        expect(sqlName([product, key, name], 48)).toMatch(/^[a-z][a-z0-9_]{0,47}$/);
        expect(cloudName(product, key, name)).toMatch(/^[a-z][a-z0-9-]{1,61}[a-z0-9]$/);
      }),
    );
  });

  test("of two environments are two, also where dashes move", () => {
    expect(sqlName(["a-b", "c", "db"])).not.toBe(sqlName(["a", "b-c", "db"]));
    const parts = fc.tuple(slug, slug, slug);
    fc.assert(fc.property(parts, parts, (one, other) => (String(one) === String(other)) === (sqlName(one) === sqlName(other))));
  });
});
