import { describe, expect, test } from "vitest";
import { act, emptyCloud } from "../support/gcloud/cloud.ts";
import { Refusal, parseCommand, tree } from "../support/gcloud/parse.ts";

// What stands in for gcloud refuses what gcloud refuses, in its words.

function refusal(words: string): { readonly status: number; readonly message: string } {
  try {
    parseCommand(words.split(" "), "");
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, message: error.message };
    throw error;
  }
  throw new Error(`not refused: ${words}`);
}

test("its extract is of one gcloud, and says whose that is", () => {
  expect(tree.gcloud).toMatch(/^\d+\.\d+\.\d+$/);
  expect(Object.keys(tree.commands).length).toBeGreaterThan(200);
  expect(tree).toHaveProperty("source", expect.stringContaining("Apache License 2.0"));
});

test.each([
  ["sqll instances list", "ERROR: (gcloud) Invalid choice: 'sqll'."],
  ["sql instances makes x", "ERROR: (gcloud.sql.instances) Invalid choice: 'makes'."],
  ["sql instances", "ERROR: (gcloud.sql.instances) Command name argument expected."],
  [
    "sql instances create db --teir=x",
    "ERROR: (gcloud.sql.instances.create) unrecognized arguments: --teir=x (did you mean '--tier'?)",
  ],
  ["sql instances create db --availability-type=global", "argument --availability-type: Invalid choice: 'global'."],
  ["sql instances create", "ERROR: (gcloud.sql.instances.create) argument INSTANCE: Must be specified."],
  ["sql instances create one two", "ERROR: (gcloud.sql.instances.create) unrecognized arguments: two"],
  ["sql users create app", "ERROR: (gcloud.sql.users.create) argument --instance: Must be specified."],
  ["sql instances create db --tier", "argument --tier: expected one argument"],
  ["sql instances create db --backup=yes", "argument --backup: ignored explicit argument 'yes'"],
  ["secrets create --password=x y", "unrecognized arguments: --password=x"],
])("gcloud %s is refused with status 2", (words, message) => {
  expect(refusal(words)).toMatchObject({ status: 2, message: expect.stringContaining(message) as string });
});

test("flags come from standard input too", () => {
  const command = parseCommand(["sql", "users", "create", "app", "--instance=db", "--flags-file=-"], "--password: 'abc'\n");
  expect(command.flags).toMatchObject({ "--password": "abc", "--instance": "db" });
  expect(() => parseCommand(["sql", "users", "create", "app", "--instance=db", "--flags-file=-"], "--pass: x\n")).toThrow(
    Refusal,
  );
});

describe("its cloud", () => {
  const cloud = emptyCloud();
  const does = (words: string, input = "") => act(cloud, parseCommand(words.split(" "), input), input).output;

  test("knows what is there, what is not, and what an API that is off hides", () => {
    expect(() => does("compute networks list --project=shop")).toThrow(
      "does not have permission to access projects instance [shop]",
    );
    does("projects create shop --name=shop");
    expect(() => does("services enable compute.googleapis.com --project=shop")).toThrow("FAILED_PRECONDITION: Billing account");
    does("billing projects link shop --billing-account=1");
    expect(() => does("compute networks list --project=shop")).toThrow("API [compute.googleapis.com] has not been used");
    does("services enable compute.googleapis.com secretmanager.googleapis.com --project=shop");
    expect(() => does("compute networks describe vpc --project=shop")).toThrow(
      "'projects/shop/global/networks/vpc' was not found",
    );
    does("compute networks create vpc --project=shop");
    expect(() => does("compute networks create vpc --project=shop")).toThrow("ALREADY_EXISTS");
    expect(() => does("compute networks subnets create s --network=other --range=10.0.0.0/20 --project=shop")).toThrow(
      "was not found",
    );
  });

  test("keeps values of secrets, and shows things as they are asked for", () => {
    does("secrets create key --project=shop");
    expect(() => does("secrets versions access latest --secret=key --project=shop")).toThrow("NOT_FOUND");
    does("secrets versions add key --data-file=- --project=shop", "a b\n");
    expect(does("secrets versions access latest --secret=key --project=shop")).toBe("a b\n");
    expect(does("compute networks describe vpc --project=shop --format=value(name,autoCreateSubnetworks)")).toBe("vpc\tTrue\n");
    expect(
      does('services list --enabled --project=shop --filter=config.name="compute.googleapis.com" --format=value(state)'),
    ).toBe("ENABLED\n");
    expect(does("compute networks list --project=shop --filter=name=other --format=value(name)")).toBe("");
    expect(() => does("compute networks list --project=shop --format=yaml")).toThrow("does not know the format");
  });
});
