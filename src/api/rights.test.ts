import { expect, test } from "vitest";
import { type Right, allows, rights, roles, rightsOf } from "./rights.ts";

const grant = (role: (typeof roles)[number], product = "shop", environment = "dev") => [{ product, environment, role }];

test("each role has these rights and no others", () => {
  const table = Object.fromEntries(roles.map((role) => [role, rightsOf(role).join(" ")]));
  expect(table).toEqual({
    viewer: "read",
    developer: "read release",
    operator: "read release operate",
    approver: "read approve",
    admin: "read release operate approve administer",
  });
});

test.each(rights.flatMap((right) => roles.map((role) => [role, right] as const)))(
  "%s, %s: in its environment and its previews",
  (role, right) => {
    const has = rightsOf(role).includes(right);
    const at = (product: string | undefined, environment: string | undefined) =>
      allows(grant(role), right, { product, environment });
    expect([at("shop", "dev"), at("shop", "dev.pr-1")]).toEqual([has, has]);
    const elsewhere = [
      at("shop", "prod"),
      at("bank", "dev"),
      at("shop", "dev2"),
      at("shop", "pr-1.dev"),
      at("shop", undefined),
      at(undefined, undefined),
    ];
    expect(elsewhere).toEqual(elsewhere.map(() => false));
  },
);

test("what is of no environment wants the right everywhere", () => {
  const tokens = { right: "administer" as Right, where: {} };
  expect(allows(grant("admin", "*", "*"), tokens.right, tokens.where)).toBe(true);
  // `*` is a word of grants and not of whoever asks.
  expect(allows(grant("admin", "*", "dev"), tokens.right, tokens.where)).toBe(false);
  expect(allows(grant("admin", "shop", "*"), tokens.right, tokens.where)).toBe(false);
  expect(allows(grant("admin"), "read", { product: "*", environment: "*" })).toBe(false);
});
