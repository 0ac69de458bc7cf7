import { expect, test } from "vitest";
import { movedOn } from "./moved-on.ts";

const judged = async (...texts: (string | undefined)[]) =>
  (await movedOn(texts.map((sql, index) => ({ name: `000${index + 1}.sql`, sql }))))?.because;

test.each([
  "create table if not exists more (id int primary key, note int not null references notes (id))",
  "create table more (id int); create unique index on more (id); alter table more add check (id > 0); drop table more",
  "alter table notes add column kind text, add column n int not null default 0 check (n >= 0)",
  "alter table notes add at timestamptz; update notes set at = now(); alter table notes alter at set default now()",
  "alter table notes add n bigserial not null; alter table notes rename n to m; alter table notes drop m",
  "create table public.more (id int); alter table more rename to most; delete from most; drop table most",
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
  ["drop table notes", /drops the table notes/],
  ["create table more (id int); drop table more, notes", /drops the table notes/],
  ["create table if not exists notes (id int); drop table notes", /drops the table notes/],
  ["create table part partition of notes default; drop table part", /drops the table part/],
  ["create schema notes; drop table notes", /drops the table notes/],
  ["drop index by_text", /drops the index by_text/],
  ["drop policy own on notes", /drops something/],
  ["alter table notes drop column text", /drops the column notes.text/],
  ["alter table notes add a int, drop text", /drops the column notes.text/],
  ["alter table notes alter text type varchar(10)", /type/],
  ["alter table notes alter text set not null", /forbids NULL/],
  ["alter table notes alter text drop not null", /lets NULL stand/],
  ["alter table notes alter text drop default", /default/],
  ["alter table notes add a int not null", /every row has to be given/],
  ["alter table notes add column if not exists a int; alter table notes drop a", /drops the column notes.a/],
  ["alter table notes add a text unique default 'x'", /the same/],
  ["alter table notes add constraint c check (text <> '') not valid", /refuses rows/],
  ["alter table notes validate constraint c", /refuses rows/],
  ["alter table notes enable row level security", /not known/],
  ["alter table notes rename text to body", /renames/],
  ["alter table notes rename to old_notes", /renames the table/],
  ["alter table notes rename to body; create view notes as select 1", /renames the table/],
  ["alter index by_text rename to by_body", /renames something/],
  ["alter table notes set schema s", /moves notes/],
  ["alter type mood rename value 'a' to 'b'", /renames the value/],
  ["create unique index on notes (text)", /refuses rows/],
  ["create or replace function f() returns int language sql as 'select 2'", /replaces/],
  ["create or replace view v as select 2", /replaces/],
  ["create trigger t before insert on notes for each row execute function f()", /each change/],
  ["revoke select on notes from reader", /rights/],
  ["update notes set text = lower(text)", /changes rows/],
  ["alter table notes add a int; update notes set a = 1, text = ''", /changes rows/],
  ["delete from notes", /deletes all rows/],
  ["delete from notes where id = 1", /changes rows/],
  ["truncate notes", /empties the table/],
  ["create table more (id int); truncate more cascade", /refers to them/],
  ["with gone as (delete from notes returning text) insert into kept select text from gone", /changes rows/],
  ["insert into notes (id) values (1) on conflict (id) do update set text = ''", /changes rows/],
  ["do $$ begin execute 'drop table notes'; end $$", /none of those/],
  ["do $$ begin drop table notes; end $$", /none of those/],
  ["select run_something()", /none of those/],
  ["call run_something()", /none of those/],
  ["alter view v set (security_barrier = true)", /no table/],
  ["this is no sql", /cannot be read/],
  [`select ${"(".repeat(100_000)}1${")".repeat(100_000)}`, /cannot be read/],
  ["create table a ()\0", /cannot be read/],
  [undefined, /nobody has its text/],
])("and not with %s", async (sql, because) => {
  expect(await judged("create table other ()", sql)).toMatch(because);
});

test("what was made since is nobody's from before, over several migrations; what has the same name elsewhere is another", async () => {
  expect(await judged("create table s.more (a int)", "alter table s.more drop a; drop table s.more")).toBeUndefined();
  expect(await judged("create table s.notes (a int)", "drop table notes")).toBe("drops the table notes");
});

test("whoever says that old revisions run with it says why, and is believed for that migration alone", async () => {
  const sql = "-- gantry: compatible because nothing has read it since spring\nalter table notes drop column text";
  expect(await judged(sql)).toBeUndefined();
  expect(await judged(sql.replace(" nothing has read it since spring", ""))).toBe("drops the column notes.text");
  expect(await judged(sql, "drop table notes")).toBe("drops the table notes");
});

test("it names the migration and the statement", async () => {
  const sql = "create table a ();\n-- we\nALTER TABLE notes\n  DROP COLUMN text;\n";
  expect(await movedOn([{ name: "0007_less.sql", sql }])).toEqual({
    migration: "0007_less.sql",
    statement: "ALTER TABLE notes DROP COLUMN text",
    because: "drops the column notes.text",
  });
});
