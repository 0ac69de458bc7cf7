import { expect, test } from "vitest";
import { movedOn } from "./moved-on.ts";

const judged = async (...texts: (string | undefined)[]) =>
  (await movedOn(texts.map((sql, index) => ({ name: `000${index + 1}.sql`, sql }))))?.because;

test.each([
  "create table if not exists more (id int primary key, note int not null references notes (id))",
  "create table more (id int); create unique index on more (id); alter table more add check (id > 0); drop table more",
  "alter table notes add column kind text, add column n int not null default 0 check (n >= 0)",
  "alter table notes add at timestamptz; update notes set at = now(); alter table notes alter at set default now()",
  "create index concurrently if not exists by_text on notes (text)",
  "create type mood as enum ('good'); alter type mood add value 'bad'; create schema s; create sequence q; comment on table notes is 'x'",
  "set lock_timeout = '5s'; create extension if not exists pg_trgm; grant select on notes to reader; insert into notes (text) values ('x')",
  "create view v as select 1; create function f() returns int language sql as 'select 1'; analyze notes",
  "/* drop table notes; */ -- drop table notes\ncreate table a ()",
  "-- nothing yet",
  "",
])("an old revision lives with what only adds: %s", async (sql) => {
  expect(await judged(sql)).toBeUndefined();
});

test.each([
  ["drop table notes", /drops something/],
  ["create table more (id int); drop table more, notes", /drops something/],
  ["alter table notes drop column text", /drops a column/],
  ["alter table notes add a int, drop text", /drops a column/],
  ["alter table notes alter text type varchar(10)", /type/],
  ["alter table notes alter text set not null", /asks for a value/],
  ["alter table notes alter text drop not null", /nothing stand/],
  ["alter table notes alter text drop default", /default/],
  ["alter table notes add a int not null", /without a value/],
  ["alter table notes add a text unique default 'x'", /the same/],
  ["alter table notes add constraint c check (text <> '') not valid", /refuses rows/],
  ["alter table notes validate constraint c", /refuses rows/],
  ["alter table notes enable row level security", /not known/],
  ["alter table notes rename text to body", /renames/],
  ["alter table notes rename to old_notes", /renames/],
  ["alter type mood rename value 'a' to 'b'", /renames a value/],
  ["create unique index on notes (text)", /refuses rows/],
  ["create or replace function f() returns int language sql as 'select 2'", /replaces/],
  ["create or replace view v as select 2", /replaces/],
  ["create trigger t before insert on notes for each row execute function f()", /each change/],
  ["revoke select on notes from reader", /rights/],
  ["update notes set text = lower(text)", /changes rows/],
  ["alter table notes add a int; update notes set a = 1, text = ''", /changes rows/],
  ["delete from notes", /not known|none of those/],
  ["truncate notes", /none of those/],
  ["with gone as (delete from notes returning text) insert into kept select text from gone", /changes rows/],
  ["insert into notes (id) values (1) on conflict (id) do update set text = ''", /changes rows/],
  ["do $$ begin execute 'drop table notes'; end $$", /none of those/],
  ["select run_something()", /none of those/],
  ["call run_something()", /none of those/],
  ["alter view v set (security_barrier = true)", /no table/],
  ["this is no sql", /cannot be read/],
  [`select ${"(".repeat(5_000)}1${")".repeat(5_000)}`, /cannot be read/],
  ["create table a ()\0", /cannot be read/],
  [undefined, /nobody has its text/],
])("and not with %s", async (sql, because) => {
  expect(await judged("create table other ()", sql)).toMatch(because);
});

test("what was made since is nobody's from before, over several migrations; what has the same name elsewhere is another", async () => {
  expect(await judged("create table s.more (a int)", "alter table s.more drop a; drop table s.more")).toBeUndefined();
  expect(await judged("create table s.notes (a int)", "drop table notes")).toBe("drops something");
});

test("whoever says that old revisions run with it says why, and is believed for that migration alone", async () => {
  const sql = "-- gantry: compatible because nothing has read it since spring\nalter table notes drop column text";
  expect(await judged(sql)).toBeUndefined();
  expect(await judged(sql.replace(" nothing has read it since spring", ""))).toBe("drops a column");
  expect(await judged(sql, "drop table notes")).toBe("drops something");
});

test("it names the migration and the statement", async () => {
  const sql = "create table a ();\n-- we\nALTER TABLE notes\n  DROP COLUMN text;\n";
  expect(await movedOn([{ name: "0007_less.sql", sql }])).toEqual({
    migration: "0007_less.sql",
    statement: "ALTER TABLE notes DROP COLUMN text",
    because: "drops a column",
  });
});
