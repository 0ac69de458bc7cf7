import { as } from "../sql/tree.ts";
import type { Statement } from "../sql/parse.ts";
import { type Catalogue, copyOf, goBackTo } from "./catalogue.ts";
import type { createSurroundings } from "./transaction.ts";

type Savepoint = { readonly name: string; readonly catalogue: Catalogue; readonly goBack: () => void };

/** Forgets what a ROLLBACK undoes. Copies are made only for a text that has one. */
export function createUndo(
  catalogue: Catalogue,
  surroundings: ReturnType<typeof createSurroundings>,
  statements: readonly Statement[],
) {
  const isNeeded = statements.some(({ node }) => as(node, "TransactionStmt")?.kind?.startsWith("TRANS_STMT_ROLLBACK") === true);
  const mark = (name: string): Savepoint => ({ name, catalogue: copyOf(catalogue), goBack: surroundings.mark() });
  const isOpen = () => surroundings.now().transaction !== undefined;
  let begun = isNeeded && isOpen() ? mark("") : undefined;
  let savepoints: Savepoint[] = [];
  return {
    /** Is told of each statement before the surroundings are. */
    before({ node }: Statement): void {
      const { kind, savepoint_name: name } = as(node, "TransactionStmt") ?? {};
      if (!isNeeded || kind === undefined) return;
      const nth = savepoints.findLastIndex((one) => one.name === name);
      if (kind === "TRANS_STMT_SAVEPOINT") savepoints.push(mark(name ?? ""));
      else if (kind === "TRANS_STMT_RELEASE" && nth !== -1) savepoints = savepoints.slice(0, nth);
      else if (kind === "TRANS_STMT_ROLLBACK_TO" && nth !== -1) {
        savepoints = savepoints.slice(0, nth + 1);
        back(savepoints[nth]);
      } else if (kind === "TRANS_STMT_ROLLBACK") {
        back(begun);
        begun = undefined;
        savepoints = [];
      } else if ((kind === "TRANS_STMT_BEGIN" || kind === "TRANS_STMT_START") && !isOpen()) {
        begun = mark("");
        savepoints = [];
      } else if (kind === "TRANS_STMT_COMMIT") begun = undefined;
    },
  };

  function back(to: Savepoint | undefined): void {
    if (to === undefined) return;
    goBackTo(catalogue, to.catalogue);
    to.goBack();
  }
}
