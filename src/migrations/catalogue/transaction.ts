import type { TransactionStmt } from "libpg-query";
import type { HeldLock } from "./locks.ts";
import { as, wordsOf } from "../sql/tree.ts";
import type { Statement } from "../sql/parse.ts";

/** What holds around a statement: a transaction, the locks that earlier statements of it took, settings such as timeouts. */
export type Surroundings = {
  /** Undefined where each statement is a transaction of its own. */
  readonly transaction: number | undefined;
  readonly held: readonly HeldLock[];
  /** Begun by the text itself, not by whoever runs it. */
  readonly isOwn: boolean;
  /** The statement before, of the same transaction. */
  readonly previous: Statement | undefined;
  /** As they are written: `lock_timeout` → `1s`. */
  readonly settings: ReadonlyMap<string, string>;
};

export function createSurroundings() {
  let number = 0;
  let open = false;
  let held: HeldLock[] = [];
  let isOwn = false;
  let previous: Statement | undefined;
  let settings = new Map<string, string>();
  let local = new Set<string>();
  const end = () => {
    open = false;
    held = [];
    isOwn = false;
    previous = undefined;
    for (const name of local) settings.delete(name);
    local = new Set();
  };
  const begin = () => {
    end();
    open = true;
    number++;
  };
  return {
    startMigration(inTransaction: boolean): void {
      settings = new Map();
      if (inTransaction) begin();
      else end();
    },
    /** What is held and set, for a savepoint; going back to it gives back what came since. */
    mark: () => {
      const [kept, set, own] = [held.length, new Map(settings), new Set(local)];
      return () => {
        held.length = Math.min(held.length, kept);
        [settings, local] = [new Map(set), new Set(own)];
      };
    },
    /** The number for what the next statement makes: that of the open transaction, else a new one. */
    transaction: (): number => (open ? number : ++number),
    now: (): Surroundings => ({ transaction: open ? number : undefined, held, isOwn, previous, settings }),
    after(statement: Statement, locks: readonly HeldLock[]): void {
      const change = as(statement.node, "TransactionStmt");
      if (change) follow(change);
      else if (open) {
        // Each once; and where there are that many, the rest says nothing new.
        for (const one of locks)
          if (held.length < 200 && !held.some((other) => other.relation === one.relation && other.mode === one.mode))
            held.push(one);
        previous = statement;
      }
      const config = configOf(statement);
      if (config && (open || !config.isLocal)) {
        settings.set(config.name, config.value);
        if (config.isLocal) local.add(config.name);
      }
      const setting = as(statement.node, "VariableSetStmt");
      if (setting?.kind === "VAR_RESET_ALL") settings.clear();
      if (setting?.name === undefined || !(open || setting.is_local !== true)) return;
      if (setting.kind !== "VAR_SET_VALUE") settings.delete(setting.name);
      else {
        settings.set(setting.name, statement.text.replace(/^.*?(?:=|\bto\b)\s*/is, ""));
        if (setting.is_local === true) local.add(setting.name);
      }
    },
  };

  function follow({ kind, chain }: TransactionStmt): void {
    // A BEGIN within a transaction changes nothing: Postgres warns, and goes on in the one that is there.
    if ((kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START") && !open) {
      begin();
      isOwn = true;
    } else if (kind === "TRANS_STMT_COMMIT" || kind === "TRANS_STMT_ROLLBACK") {
      end();
      if (chain === true) begin();
    }
  }
}

/** `SELECT set_config('search_path', '', false)`, as pg_dump writes it. */
function configOf({ node }: Statement): { readonly name: string; readonly value: string; readonly isLocal: boolean } | undefined {
  const [target, more] = as(node, "SelectStmt")?.targetList ?? [];
  const call = more === undefined ? as(as(target, "ResTarget")?.val, "FuncCall") : undefined;
  if (wordsOf(call?.funcname).at(-1) !== "set_config") return undefined;
  const [name, value, isLocal] = (call?.args ?? []).map((one) => as(one, "A_Const"));
  if (name?.sval?.sval === undefined || value?.sval === undefined) return undefined;
  const quotedValue = `'${(value.sval.sval ?? "").replaceAll("'", "''")}'`;
  return {
    name: name.sval.sval,
    value: name.sval.sval === "search_path" ? (value.sval.sval ?? "") : quotedValue,
    isLocal: isLocal?.boolval?.boolval === true,
  };
}
