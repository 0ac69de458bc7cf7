import { beforeAll, expect, test } from "vitest";
import { migrationText } from "./files/folder-files.ts";
import { type InPlay, type Policy, cameAs, judgeRelease } from "./judge-release.ts";
import type { Migration } from "./migration.ts";
import { type Parser, loadParser } from "./sql/parser.ts";

let parser: Parser;
beforeAll(async () => {
  parser = await loadParser();
});

const one = (name: string, sql: string, down?: string): Migration => ({
  id: name,
  name,
  up: migrationText(name, sql),
  ...(down === undefined ? {} : { down: migrationText(`${name}.down`, down) }),
});
const add = one("1_add", "ALTER TABLE a ADD b int", "ALTER TABLE a DROP b");
const drop = one("2_drop", "-- gantry: contract\nALTER TABLE a DROP c");
const serving = (...cameWith: readonly Migration[]): InPlay => ({
  service: "api",
  revision: "api-1",
  why: "serves",
  cameWith: new Set(cameWith.map(({ name, up }) => cameAs({ name, sha256: up.sha256 }))),
});
const judge = (open: readonly Migration[], policy: Policy, ...inPlay: readonly InPlay[]) =>
  judgeRelease(parser, open, { policy, inPlay });
const twice: Policy = { destructive: "over two releases" };

test("what takes something away waits for every revision that did not come with it, and holds nothing else up", () => {
  expect(judge([add, drop], twice, serving(add))).toEqual({
    held: [{ migration: "2_drop", does: ["drops the column a.c"], because: "api api-1 serves" }],
    refused: [],
  });
  expect(judge([add, drop], twice, serving(add, drop))).toEqual({ held: [], refused: [] });
  expect(judge([add, drop], twice)).toEqual({ held: [], refused: [] });
});

test("a revision of which nobody knows what it came with is one that needs it", () => {
  const { held } = judge([drop], twice, { ...serving(), cameWith: undefined });
  expect(held).toMatchObject([{ because: "api api-1 serves, and nobody knows what it came with" }]);
});

test("a contract that was changed since is another one", () => {
  const other = one("2_drop", "-- gantry: contract\nALTER TABLE a DROP d");
  expect(judge([drop], twice, serving(other)).held).toHaveLength(1);
});

test("what takes something away and does not say so is refused, also when nobody needs it", () => {
  expect(judge([one("3", "ALTER TABLE a RENAME b TO c")], twice).refused).toEqual([
    expect.stringContaining("3 renames the column a.b to c: code from before it may need that"),
  ]);
});

test("never is never, and only a way back is one", () => {
  expect(judge([drop], { destructive: "never" }).refused).toEqual([expect.stringContaining("2_drop drops the column a.c")]);
  expect(judge([add, drop], { reversibleOnly: true }).refused).toEqual([expect.stringContaining("2_drop has no way back")]);
  expect(judge([add, drop], {})).toEqual({ held: [], refused: [] });
});

test("whoever says why code from before can live with it is believed; what is lost is lost all the same, and a contract waits", () => {
  const said = "-- gantry: compatible because nothing has read it since spring\n";
  const rename = one("3", `${said}ALTER TABLE a RENAME b TO c`);
  const less = one("4", `${said}ALTER TABLE a DROP c`);
  expect(judge([rename, less], twice, serving())).toEqual({ held: [], refused: [] });
  expect(judge([rename, less], { destructive: "never" }).refused).toEqual([expect.stringMatching(/^4 drops the column a\.c/)]);
  expect(judge([one("5", `-- gantry: contract\n${less.up.sql}`)], twice, serving()).held).toHaveLength(1);
});
