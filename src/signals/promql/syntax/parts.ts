import type { SyntaxNode } from "@lezer/common";

/** The parts of a node; comments are none. */
export function parts(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== "LineComment") found.push(child);
  return found;
}
