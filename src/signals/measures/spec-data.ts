import type { Environment } from "../../spec/environment.ts";

/** A condition of the spec, as an environment holds it. */
export type ConditionData = Environment["alerts"][string]["when"];
/** A signal of the spec, as an environment holds it. */
export type SignalData = ConditionData["signal"];
