import type { ReactNode } from "react";

/** A table with a heading for each column. On a phone each row is a card, and its cells bear their labels. */
export function List({
  heads,
  as = "",
  isHeadHidden = false,
  children,
}: {
  readonly heads: readonly ReactNode[];
  readonly as?: string;
  readonly isHeadHidden?: boolean;
  readonly children: ReactNode;
}) {
  return (
    <table className={`list ${as}`.trimEnd()}>
      <thead className={isHeadHidden ? "hidden" : undefined}>
        <tr>
          {heads.map((head, index) => (
            <th key={index} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
