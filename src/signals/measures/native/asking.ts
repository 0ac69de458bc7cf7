import type { Environment } from "../../../spec/environment.ts";
import type { SignalData } from "../spec-data.ts";

/** What is asked of a measure: where, and whether as a share of what there is. */
export type Asking = { readonly signal: SignalData; readonly environment: Environment; readonly asShare: boolean };
