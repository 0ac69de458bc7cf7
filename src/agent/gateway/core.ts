import type { AccessLine } from "../../wire/traffic.ts";
import type { Limits } from "./limits.ts";
import type { RevisionKey, RoutingTable } from "./routing-table.ts";
import type { ServiceState } from "./service-state.ts";

/** What all requests share. `routes` is swapped as a whole. */
export type Core = {
  routes: RoutingTable<ServiceState>;
  closing: boolean;
  readonly limits: Limits;
  /** How long a request waits for a first replica. */
  readonly parkMs: number;
  readonly onWanted: (key: RevisionKey) => void;
  readonly onAccess: ((line: AccessLine) => void) | undefined;
};
