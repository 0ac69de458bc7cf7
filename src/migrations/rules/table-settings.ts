import type { AlterTableCmd } from "libpg-query";
import type { FindingSeverity, Lock } from "../finding.ts";
import type { Table } from "../catalogue/catalogue.ts";
import { quoted, quotedName } from "../sql/quote.ts";
import { as, type Name, nameOf } from "../sql/tree.ts";
import type { Context, Found, Rule } from "./rule.ts";
import { lock } from "./safe.ts";

// What one action of ALTER TABLE does to a table in use, where there is no other way to write it than at another time.

type Action = {
  readonly command: AlterTableCmd;
  readonly relation: string;
  readonly name: Name;
  readonly table: Table | undefined;
  readonly all: readonly AlterTableCmd[];
  readonly context: Context;
};
type Said = { readonly says: string; readonly severity?: FindingSeverity; readonly more?: readonly Lock[] };
type About = Pick<Rule, "id" | "severity" | "title" | "why"> & {
  readonly mode?: Lock["mode"];
  readonly lasts?: Lock["lasts"];
  readonly found: (action: Action) => Said | undefined;
};

function actionRule({ mode = "ACCESS EXCLUSIVE", lasts = "instant", found, ...about }: About): Rule {
  return {
    ...about,
    family: "tables",
    check({ node }, context) {
      const alter = as(node, "AlterTableStmt");
      const name = nameOf(alter?.relation);
      if (alter === undefined || context.isNew(name)) return [];
      const commands = context.alter()?.commands ?? [];
      const all = commands.map(({ command }) => command);
      const relation = quotedName(name);
      return commands.flatMap(({ command, from, to }): Found[] => {
        const said = found({ command, relation, name, table: context.table(name), all, context });
        if (said === undefined) return [];
        const { more = [], ...rest } = said;
        const locks = [lock(relation, mode, lasts), ...more];
        return [{ from, to, ...rest, locks, ...(lasts === "rewrite" ? { rewrites: [relation] } : {}) }];
      });
    },
  };
}

const dropConstraint = actionRule({
  id: "drop-constraint",
  severity: "warning",
  title: "DROP CONSTRAINT",
  why: "What it kept out can be written from now on, also by the code that runs now, and to have it again means to look at every row. Remove it once no revision relies on it: queries with ON CONFLICT need the unique one, and so do foreign keys.",
  found({ command: { subtype, name: constraint = "" }, relation, table, all, context }) {
    if (subtype !== "AT_DropConstraint") return undefined;
    const known = table?.constraints.get(constraint);
    const isRequired = (column: string) =>
      table?.columns.get(column)?.notNull === true || all.some((one) => one.subtype === "AT_SetNotNull" && one.name === column);
    // A check that a NOT NULL has taken the place of.
    if (known?.kind === "check" && known.columns.length > 0 && known.columns.every(isRequired)) return undefined;
    const other = known?.references;
    return {
      says: `nothing holds rows of ${relation} to ${quoted(constraint)} from now on`,
      severity: known?.kind === "check" || known?.kind === "not null" ? "advice" : "warning",
      ...(other === undefined || context.isNew(other) ? {} : { more: [lock(quotedName(other), "ACCESS EXCLUSIVE", "instant")] }),
    };
  },
});

const dropDefault = actionRule({
  id: "drop-default",
  severity: "warning",
  title: "DROP DEFAULT",
  why: "Code that runs now, and the code that a rollback would bring back, may leave the value out: its rows are refused where the column is NOT NULL, and have a null where it is not. Let a release give the value first.",
  found({ command: { subtype, name: column = "", def }, relation, table, all }) {
    if (subtype !== "AT_ColumnDefault" || def !== undefined) return undefined;
    const again = all.some((one) => one.name === column && (one.subtype === "AT_AddIdentity" || one.def !== undefined));
    const known = table?.columns.get(column);
    const mayBeNull = known?.origin !== undefined && known.notNull !== true;
    return again
      ? undefined
      : {
          says: `rows of ${relation} that leave ${quoted(column)} out ${mayBeNull ? "have a null there" : "may be refused"} from now on`,
          severity: mayBeNull ? "advice" : "warning",
        };
  },
});

const disableTrigger = actionRule({
  id: "disable-trigger",
  severity: "warning",
  title: "DISABLE TRIGGER",
  why: "What the trigger did stops for everybody who writes the table, not only for the migration; with ALL no foreign key is checked either, and what comes in meanwhile is never looked at again. SET LOCAL session_replication_role = replica does it for the migration alone.",
  mode: "SHARE ROW EXCLUSIVE",
  found({ command: { subtype, name }, relation }) {
    if (subtype === "AT_DisableTrig") return { says: `${quoted(name ?? "")} does nothing for anybody who writes ${relation}` };
    if (subtype === "AT_DisableTrigUser") return { says: `no trigger of ${relation} does anything for anybody` };
    return subtype === "AT_DisableTrigAll"
      ? { says: `no trigger of ${relation} does anything for anybody, and no foreign key is checked`, severity: "error" }
      : undefined;
  },
});

const rowSecurity = actionRule({
  id: "row-security",
  severity: "error",
  title: "Row-level security of a table in use is switched",
  why: "Switched off, everybody with a right to the table sees the rows of all. Switched on, whoever is not its owner sees none but those that a policy shows: create the policies in the same transaction, and try it with the role that the code has.",
  found({ command: { subtype }, relation }) {
    if (subtype === "AT_DisableRowSecurity")
      return { says: `everybody who may read ${relation} sees all of its rows from now on` };
    if (subtype === "AT_NoForceRowSecurity")
      return { says: `the owner of ${relation} sees all of its rows from now on`, severity: "warning" };
    if (subtype === "AT_EnableRowSecurity")
      return { says: `only what a policy shows of ${relation} is seen from now on, but by its owner`, severity: "warning" };
    return subtype === "AT_ForceRowSecurity"
      ? { says: `only what a policy shows of ${relation} is seen from now on, also by its owner`, severity: "warning" }
      : undefined;
  },
});

const rewritten = "The whole table is written anew, with its indexes, and nobody reads or writes it meanwhile.";

const setLogged = actionRule({
  id: "set-logged",
  severity: "error",
  title: "SET LOGGED or SET UNLOGGED",
  why: `${rewritten} An unlogged table is emptied after a crash, and no replica has it. There is no way to do it without: make a new table beside it, and move over.`,
  lasts: "rewrite",
  found: ({ command: { subtype }, relation }) =>
    subtype === "AT_SetLogged" || subtype === "AT_SetUnLogged"
      ? { says: `${relation} is written anew as a whole, and nobody reads or writes it meanwhile` }
      : undefined,
});

const setTablespace = actionRule({
  id: "set-tablespace",
  severity: "error",
  title: "SET TABLESPACE",
  why: "Every block of the table is copied, and nobody reads or writes it meanwhile. There is no way to do it without: pg_repack moves a table while it is used, and an index can be built anew concurrently in another tablespace.",
  lasts: "unknown",
  found: ({ command: { subtype, name = "" }, relation }) =>
    subtype === "AT_SetTableSpace"
      ? { says: `unless it is there already, ${relation} is copied to ${quoted(name)}, and nobody reads or writes it meanwhile` }
      : undefined,
});

const setAccessMethod = actionRule({
  id: "set-access-method",
  severity: "error",
  title: "SET ACCESS METHOD",
  why: `${rewritten} There is no way to do it without: make a new table beside it, and move over.`,
  lasts: "unknown",
  found: ({ command: { subtype, name = "the usual one" }, relation }) =>
    subtype === "AT_SetAccessMethod"
      ? { says: `unless it has ${name} already, ${relation} is written anew as a whole, and nobody reads or writes it meanwhile` }
      : undefined,
});

const changeOwner = actionRule({
  id: "change-owner",
  severity: "advice",
  title: "OWNER TO of a table in use",
  why: "Its owner is whom row-level security leaves alone, and who alone may change it: whoever migrates next has to be that role, or a member of it.",
  found: ({ command: { subtype }, relation }) =>
    subtype === "AT_ChangeOwner" ? { says: `another role owns ${relation}, and may alone change it` } : undefined,
});

const replicaIdentity = actionRule({
  id: "replica-identity",
  severity: "warning",
  title: "REPLICA IDENTITY FULL or NOTHING",
  why: "With FULL each change writes the whole old row into the log, and a subscriber without a fitting index looks for it row by row. With NOTHING a published table refuses UPDATE and DELETE. A primary key, or a unique index by name, is what replication wants.",
  found({ command: { subtype, def }, relation }) {
    const kind = subtype === "AT_ReplicaIdentity" ? as(def, "ReplicaIdentityStmt")?.identity_type : undefined;
    if (kind === "f") return { says: `each change of ${relation} writes its whole old row into the log` };
    return kind === "n" ? { says: `where it is published, ${relation} refuses UPDATE and DELETE`, severity: "error" } : undefined;
  },
});

export const tableRules: readonly Rule[] = [
  dropConstraint,
  dropDefault,
  disableTrigger,
  rowSecurity,
  setLogged,
  setTablespace,
  setAccessMethod,
  changeOwner,
  replicaIdentity,
];
