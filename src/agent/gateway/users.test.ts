import { expect, test } from "vitest";
import { mostUsers, Users } from "./users.ts";

const known = (id: string, salt = "rel-1") => ({ salt, id, isNew: false });
const fresh = (id: string, salt = "rel-1") => ({ salt, id, isNew: true });

test("a user who asks often is one, and has been failed once one answer was", () => {
  const users = new Users();
  for (let request = 0; request < 100; request++) users.answered(known("ada"), request === 50);
  users.answered(known("grace"), false);
  expect(users.view()).toEqual({ salt: "rel-1", seen: 2, failed: 1 });
});

test("who keeps no cookies is nobody, however often", () => {
  const users = new Users();
  for (let request = 0; request < 100; request++) users.answered(fresh(`visitor ${request}`), true);
  expect(users.view()).toBeUndefined();
});

test("whose first answer failed is counted as failed when they come back", () => {
  const users = new Users();
  users.answered(fresh("ada"), true);
  users.answered(fresh("grace"), false);
  for (const id of ["ada", "grace"]) users.answered(known(id), false);
  expect(users.view()).toEqual({ salt: "rel-1", seen: 2, failed: 1 });
});

test("the next release counts its own", () => {
  const users = new Users();
  users.answered(known("ada"), true);
  users.answered(known("ada", "rel-2"), false);
  expect(users.view()).toEqual({ salt: "rel-2", seen: 1, failed: 0 });
});

test("more than can be told apart are said to be more, and cost nothing", () => {
  const users = new Users();
  for (let user = 0; user < 3 * mostUsers; user++) users.answered(known(`user ${user}`), true);
  expect(users.view()).toEqual({ salt: "rel-1", seen: mostUsers, failed: mostUsers, more: true });
});

test("two users share a mark as seldom as two of thirty bits do", () => {
  const users = new Users();
  for (let user = 0; user < 9_000; user++) users.answered(known(`${user.toString(16).padStart(8, "0")}${"0".repeat(24)}`), false);
  expect(users.view()?.seen).toBeGreaterThanOrEqual(8_998);
});
