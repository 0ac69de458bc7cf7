import { entity, options, value } from "../node.ts";
import type { Channel } from "./channel.ts";
import type { Role } from "./people.ts";
import type { AnyResource, ResourceStep } from "./resource.ts";
import type { AnyService } from "./service.ts";
import type { Condition } from "./signal.ts";
import type { Cron, Duration } from "./units.ts";
import type { Alert, Dashboard } from "./watch.ts";

/** One step of a runbook. */
export class RunbookStep {
  readonly kind = "runbook step";
  constructor(does: string, title: string, more: object) {
    value(this, { does, title, ...more }, { given: more, args: { title: 0 } });
  }
}

/** The words a runbook is written in. */
export const step = {
  /** Something to make sure of: a signal, a command that must succeed, a page to look at. */
  check: (
    title: string,
    how: {
      readonly that?: Condition;
      readonly command?: string;
      readonly see?: Dashboard;
      readonly of?: AnyResource | AnyService;
    } = {},
  ): RunbookStep => new RunbookStep("check", title, how),
  /** Something Gantry does. */
  run: (
    title: string,
    how: {
      readonly action?:
        | "failover"
        | "promote replica"
        | "rollback"
        | "scale up"
        | "isolate tenant"
        | "revoke credentials"
        | "raise log level"
        | "revert migration";
      readonly command?: string;
      readonly of?: AnyResource | AnyService;
      readonly step?: ResourceStep;
      readonly onlyIf?: string;
    } = {},
  ): RunbookStep => new RunbookStep("run", title, how),
  /** Something a person decides or does. */
  ask: (title: string, how: { readonly role?: Role; readonly document?: string } = {}): RunbookStep =>
    new RunbookStep("ask", title, how),
  notify: (title: string, how: { readonly to: Channel }): RunbookStep => new RunbookStep("notify", title, how),
} as const;

export type RunbookOptions = {
  readonly title: string;
  readonly steps: readonly RunbookStep[];
  readonly owner?: Role;
  /** A post-mortem is opened, and chased until it is written. */
  readonly postMortemWithin?: Duration;
};

export class Runbook {
  readonly kind = "runbook";
  readonly name: string;

  constructor(name: string, given: RunbookOptions) {
    this.name = name;
    entity(this, "runbooks", name, { data: options(given), given, args: { name: 0 } });
  }
}

export function runbook(name: string, options: RunbookOptions): Runbook {
  return new Runbook(name, options);
}

export type PolicyOptions = {
  readonly engine?: "opa" | "sentinel" | "gantry";
  readonly file?: string;
  readonly forbids?: readonly (
    | "public bucket"
    | "public database"
    | "wildcard iam"
    | "unsigned image"
    | "access to production"
    | "unencrypted data"
    | "secret in code"
  )[];
  readonly before?: "merge" | "apply" | "release";
};

export class Policy {
  readonly kind = "policy";
  readonly name: string;

  constructor(name: string, given: PolicyOptions) {
    this.name = name;
    entity(this, "policies", name, { data: options(given), given, args: { name: 0 } });
  }
}

export function policy(name: string, options: PolicyOptions): Policy {
  return new Policy(name, options);
}

/** Something that is tried out on purpose, so that it works when it is needed. */
export class Exercise {
  readonly kind: "drill" | "game day" | "load test" | "security test" | "test incident";
  readonly name: string;

  constructor(kind: Exercise["kind"], name: string, given: object) {
    this.kind = kind;
    this.name = name;
    entity(this, "exercises", name, { data: { kind, ...options(given) }, given, args: { name: 0 } });
  }
}

export type DrillOptions = {
  readonly does: "restore" | "failover" | "rollback";
  readonly of?: readonly (AnyResource | AnyService)[];
  readonly schedule?: Cron;
  readonly within?: Duration;
  readonly to?: Channel | readonly Channel[];
};

/** Recovery, tried out. */
export function drill(name: string, options: DrillOptions): Exercise {
  return new Exercise("drill", name, options);
}

export type GameDayOptions = {
  readonly does: "restore" | "failover" | "rollback";
  /** What is wrong, as people say it. */
  readonly fault?: string;
  /** The same, as `gantry rehearse --live --exercise` makes it happen here: `errors=50%`, `latency=x2`, `db:down+10s`, `api:kill`. */
  readonly injects?: readonly string[];
  /** Which service takes the requests meanwhile; of a rollback, the one that is released. */
  readonly of?: AnyService;
  readonly requestsPerSecond?: number;
  /** For so long it stays; of a rollback, how long those on call have to go back where the policy does not. */
  readonly for?: Duration;
  /** Those that have to fire. */
  readonly alerts?: readonly Alert[];
  readonly before?: string;
};

/** A fault on purpose, with people watching. */
export function gameDay(name: string, options: GameDayOptions): Exercise {
  return new Exercise("game day", name, options);
}

export type LoadTestOptions = {
  readonly of?: AnyService;
  readonly requestsPerSecond: number;
  readonly for: Duration;
  readonly asserts?: readonly ("autoscaling" | "cost" | "alerts")[];
};

export function loadTest(name: string, options: LoadTestOptions): Exercise {
  return new Exercise("load test", name, options);
}

/** A test of defences, run against an environment. */
export function securityTest(name: string, options: { readonly of?: AnyService; readonly command?: string } = {}): Exercise {
  return new Exercise("security test", name, options);
}

/** An alert set off on purpose, to see who is told. */
export function testIncident(name: string, options: { readonly expects: Channel; readonly schedule?: Cron }): Exercise {
  return new Exercise("test incident", name, options);
}
