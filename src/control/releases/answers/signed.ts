import type { Answer, Gate } from "../../../delivery/gate.ts";
import { type Look, answered } from "./look.ts";

/** An approval that stands in the spec, with the day on which it was given. */
export function signedAnswer(gate: Extract<Gate, { gate: "signed" }>, { material, nowMs }: Look): Answer {
  const approval = material.environment.approvals[gate.approval];
  if (approval === undefined) return answered("inconclusive", `the spec knows no approval ${gate.approval}`, nowMs);
  const { given, of } = approval;
  const what = `${gate.approval}${of === undefined ? "" : ` (${of})`}`;
  if (given === undefined) return answered("inconclusive", `${what} is still pending`, nowMs);
  if (Date.parse(`${given}T00:00Z`) > nowMs)
    return answered("inconclusive", `${what} is given for ${given}, which is to come`, nowMs);
  return answered("pass", `${what} was given on ${given}`, nowMs, { given });
}
