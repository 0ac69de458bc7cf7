import { describe, expect, test } from "vitest";
import type { Asker } from "./asker.ts";
import { verbsFor } from "./verbs-for.ts";
import type { Offer } from "./verbs-now.ts";

const where = { product: "shop", environment: "prod" };
const roles = { lead: { members: ["ada", "bob"] }, law: { members: ["eve"] } };
const asks: readonly Offer[] = [
  { verb: "approve", says: "says yes for lead", role: "lead", saidBy: ["bob"] },
  { verb: "reject", says: "says no for lead", role: "lead" },
  { verb: "approve", says: "says yes for law", role: "law", saidBy: [] },
  { verb: "pause", says: "stays where it is" },
];
const asker = (name: string, role: Asker["grants"][number]["role"], owner = false): Asker => ({
  id: name,
  name,
  kind: "person",
  by: "token",
  grants: [{ product: "shop", environment: "prod", role }],
  owner,
});
const seenBy = (...who: Parameters<typeof asker>) => {
  const { verbs, withheld } = verbsFor(asks, asker(...who), { where, roles });
  return { may: verbs.map(({ verb }) => verb), not: Object.fromEntries(withheld.map(({ verb, because }) => [verb, because])) };
};

describe("of what a release would obey, whoever asks is offered", () => {
  test("nothing without the right, and is told which right it takes", () => {
    const { may, not } = seenBy("vic", "viewer");
    expect(may).toEqual([]);
    expect(not["pause"]).toBe("it takes the right to operate, which operator and admin have");
    expect(not["approve"]).toMatch(/right to approve, which approver and admin have/);
  });

  test("what is asked of a role only as one of its members, once each", () => {
    expect(seenBy("ada", "approver").may).toEqual(["approve", "reject"]);
    expect(seenBy("bob", "approver")).toMatchObject({ may: ["reject"], not: { approve: "bob has said it already" } });
    expect(seenBy("sam", "admin")).toMatchObject({
      may: ["pause"],
      not: { approve: expect.stringMatching(/^lead or law have to say it/) },
    });
  });

  test("both roles' part, where somebody has both", () => {
    const both = { ...roles, law: { members: ["ada"] } };
    const { verbs } = verbsFor(asks, asker("ada", "approver"), { where, roles: both });
    expect(verbs[0]).toEqual({ verb: "approve", says: "says yes for lead; says yes for law" });
  });

  test("as the owner of the machine, what members have to say in the name of one of them", () => {
    const { verbs } = verbsFor(asks, asker("root", "admin", true), { where, roles });
    expect(verbs.find(({ verb }) => verb === "approve")?.as).toEqual(["ada", "bob", "eve"]);
    expect(verbs.find(({ verb }) => verb === "pause")).not.toHaveProperty("as");
  });
});
