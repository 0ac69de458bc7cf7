import type { RuleCase } from "./case.ts";

export const enumCases: readonly RuleCase[] = [
  {
    rule: "enum-value-order",
    says: "behind all others",
    before: "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE TABLE people (id bigint PRIMARY KEY, feels mood);",
    sql: "ALTER TYPE mood ADD VALUE 'glad'",
    finds: [
      {
        rule: "enum-value-order",
        at: "ALTER TYPE mood ADD VALUE 'glad'",
        locks: [],
        safe: ["ALTER TYPE mood ADD VALUE 'glad' AFTER 'fine';"],
      },
    ],
  },
  {
    rule: "enum-value-order",
    says: "it says where",
    before: "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE TABLE people (id bigint PRIMARY KEY, feels mood);",
    sql: "ALTER TYPE mood ADD VALUE 'glad' BEFORE 'fine'",
    finds: [],
  },
  {
    rule: "enum-value-in-same-transaction",
    says: "it counts only once it is committed",
    before: "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE TABLE people (id bigint PRIMARY KEY, feels mood);",
    sql: "ALTER TYPE mood ADD VALUE 'glad' AFTER 'fine'; INSERT INTO people VALUES (1, 'glad')",
    fails: true,
    finds: [
      {
        rule: "enum-value-in-same-transaction",
        at: "INSERT INTO people VALUES (1, 'glad')",
        locks: [],
      },
    ],
  },
  {
    rule: "enum-value-in-same-transaction",
    says: "of a table without it",
    before:
      "CREATE TYPE mood AS ENUM ('sad', 'fine'); CREATE TABLE people (id bigint PRIMARY KEY, feels mood); CREATE TABLE notes (a text);",
    sql: "ALTER TYPE mood ADD VALUE 'glad' AFTER 'fine'; INSERT INTO notes VALUES ('glad')",
    finds: [],
  },
  {
    rule: "enum-type",
    says: "values stay for good",
    sql: "CREATE TYPE mood AS ENUM ('sad')",
    finds: [
      {
        rule: "enum-type",
        at: "CREATE TYPE mood AS ENUM ('sad')",
        locks: [],
      },
    ],
  },
  {
    rule: "enum-type",
    says: "a table of them",
    sql: "CREATE TABLE moods (name text PRIMARY KEY)",
    finds: [],
  },
];
