import type { BackOffSettings } from "./back-off.ts";
import type { PortPool } from "./port-pool.ts";
import type { ServiceLogs } from "./service-logs.ts";
import type { SupervisorEvent } from "./supervisor-event.ts";

/** What all units of a supervisor share. */
export type UnitSetting = {
  readonly logs: ServiceLogs;
  readonly ports: PortPool;
  readonly backOff: BackOffSettings;
  readonly tell: (event: SupervisorEvent) => void;
  readonly beforeStop: (key: string, replica: string) => Promise<void>;
  /** Called in the same turn of the loop in which a process begins to be or has gone. */
  readonly pidsChanged: () => void;
  /** A mark for the next process. */
  readonly nextMark: () => string;
};
