import type { Node, RangeVar } from "libpg-query";

type Kinds<One> = One extends One ? keyof One : never;
/** What the parser calls a kind of node: `AlterTableStmt`. */
export type Kind = Kinds<Node>;
export type Shape<Name extends Kind> = Extract<Node, Record<Name, unknown>>[Name];

/** The node as one of the kind, where it is one. */
export function as<Name extends Kind>(node: Node | undefined, kind: Name): Shape<Name> | undefined {
  return (node as Partial<Record<Name, Shape<Name>>> | undefined)?.[kind];
}

export function kindOf(node: Node): Kind {
  return Object.keys(node)[0] as Kind;
}

/** The words of a list of strings: a qualified name, the columns of a key. */
export function wordsOf(nodes: readonly Node[] | undefined): readonly string[] {
  return (nodes ?? []).flatMap((node) => as(node, "String")?.sval ?? []);
}

/** Every node of a kind at or below one, without recursion: input may be nested as deep as the parser goes. */
export function allOf<Name extends Kind>(node: unknown, kind: Name): readonly Shape<Name>[] {
  const found: Shape<Name>[] = [];
  const open: unknown[] = [node];
  while (open.length > 0) {
    const one = open.pop();
    if (typeof one !== "object" || one === null) continue;
    for (const [key, value] of Object.entries(one)) {
      if (key === kind && typeof value === "object") found.push(value as Shape<Name>);
      open.push(value);
    }
  }
  return found;
}

/** A relation's, type's or index's name, as far as it is qualified. */
export type Name = { readonly schema?: string; readonly name: string };

export function nameOf(relation: RangeVar | undefined): Name {
  return { ...(relation?.schemaname === undefined ? {} : { schema: relation.schemaname }), name: relation?.relname ?? "" };
}

/** `{ List: [a, b] }`, `{ TypeName }`, `{ String }`: whatever names an object in DROP and its kin. */
export function nameOfObject(node: Node | undefined): Name {
  const list = as(node, "List")?.items ?? as(node, "TypeName")?.names ?? (node ? [node] : []);
  return nameOfWords(wordsOf(list));
}

export function nameOfWords(words: readonly string[]): Name {
  const [name = "", schema] = words.toReversed();
  return { ...(schema === undefined ? {} : { schema }), name };
}
