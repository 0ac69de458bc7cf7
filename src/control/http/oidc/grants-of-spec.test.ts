import { expect, test } from "vitest";
import { isMember } from "./grants-of-spec.ts";

test.each([
  ["github:repo:acme/shop:*", "github:repo:acme/shop:ref:refs/heads/main", true],
  ["github:repo:acme/*", "github:repo:acme/shop:environment:prod", true],
  ["github:repo:acme/shop:environment:prod", "github:repo:acme/shop:environment:prod", true],
  ["github:repo:acme/shop:environment:prod", "github:repo:acme/shop:environment:prod2", false],
  // A star after a part that is not whole would let in who only begins like it.
  ["github:repo:acme/shop*", "github:repo:acme/shopping:ref:x", false],
  ["*", "github:repo:evil/x:ref:x", false],
  ["github:*:*", "github:repo:acme/shop", false],
  ["github:repo:acme/shop:*", "gitlab:repo:acme/shop:x", false],
])("%s, %s: %s", (member, name, is) => {
  expect(isMember(member, name)).toBe(is);
});
