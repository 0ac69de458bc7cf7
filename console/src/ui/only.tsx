import type { ReactNode } from "react";
import { type Right, takesText } from "../../../src/api/rights.ts";
import { useMay } from "../live/may.ts";
import { sentence } from "./note.tsx";

/** What is offered to those who have a right; others are told why it is not there. */
export function Only({
  right,
  environment,
  does,
  children,
}: {
  readonly right: Right;
  readonly environment: string;
  /** What is offered: "to silence an alert". */
  readonly does: string;
  readonly children?: ReactNode;
}) {
  const may = useMay(right, environment);
  if (may === undefined) return null;
  return may ? children : <p className="quiet small withheld">{sentence(`not for you ${does}: ${takesText(right)}`)}</p>;
}
