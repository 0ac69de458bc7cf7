import type { Catalogue, Origin, Table } from "../catalogue/catalogue.ts";
import type { Surroundings } from "../catalogue/transaction.ts";
import type { FindingSeverity, Lock, SafeWay } from "../finding.ts";
import type { Statement } from "../sql/parse.ts";
import type { Parser } from "../sql/parser.ts";
import type { Alter, AlterCommand, ColumnText } from "../sql/pieces.ts";
import type { Name } from "../sql/tree.ts";
import type { ColumnDef } from "libpg-query";

export type PostgresVersion = 15 | 16 | 17 | 18;
export const postgresVersions: readonly PostgresVersion[] = [15, 16, 17, 18];

/** One thing that a linter says. A rule is data and a pure function: it knows only what it is handed. */
export type Rule = {
  /** Stable, kebab-case: what a directive ignores. */
  readonly id: string;
  readonly family: string;
  readonly severity: FindingSeverity;
  /** What it finds, in one line. */
  readonly title: string;
  /** Why that hurts, for who has never met it: two or three sentences. */
  readonly why: string;
  /** The first version of Postgres that it is about. */
  readonly from?: PostgresVersion;
  /** What it finds is no mistake in a migration that undoes another: that loses what the other made. By itself so for drops and renames. */
  readonly isMeantInDown?: boolean;
  /** Asked only where somebody asks for it: by --only, or with a severity. */
  readonly isOff?: true;
  readonly check: (statement: Statement, context: Context) => readonly Found[];
};

/** What a rule finds in a statement. Without a place of its own it is about the whole statement. */
export type Found = {
  readonly from?: number;
  readonly to?: number;
  /** One sentence: what happens, with the real names. */
  readonly says: string;
  /** Where this one is worse or better than the rule's usual case. */
  readonly severity?: FindingSeverity;
  readonly why?: string;
  readonly locks?: readonly Lock[];
  readonly rewrites?: readonly string[];
  readonly safe?: SafeWay;
};

/** What a rule may ask: all of it as it is before the statement runs. */
export type Context = {
  readonly version: PostgresVersion;
  /** The text that offsets count in. */
  readonly sql: string;
  /** All of the text's. */
  readonly statements: readonly Statement[];
  readonly parser: Parser;
  readonly catalogue: Catalogue;
  readonly surroundings: Surroundings;
  /** What the statement itself makes will have this origin. */
  readonly origin: Origin;
  /** Set for a statement within a body. */
  readonly inside?: "DO block" | "function";
  /** The table as far as the migrations before have told. */
  readonly table: (name: Name) => Table | undefined;
  /** Made in the same release: nobody reads it yet, and it is as good as empty. */
  readonly isNew: (name: Name) => boolean;
  /** The actions of ALTER TABLE with their texts; undefined for another statement. */
  readonly alter: () => Alter | undefined;
  readonly columnText: (command: AlterCommand, column: ColumnDef) => ColumnText;
};
