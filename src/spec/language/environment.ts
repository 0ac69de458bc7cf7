import { change, entity, options, value } from "../node.ts";
import type { AwsRegion } from "../clouds/aws.ts";
import type { AzureRegion } from "../clouds/azure.ts";
import type { GcpRegion } from "../clouds/gcp.ts";
import type { Channel } from "./channel.ts";
import type { Dataset, DatasetPart, Reset, Tenants } from "./data.ts";
import type { Flag, FlagSetting } from "./flag.ts";
import type { Budget, CostTable } from "./money.ts";
import type { Exercise, Policy, Runbook } from "./operate.ts";
import { type Freeze, Gate, type Role } from "./people.ts";
import type { Trigger } from "./pipeline.ts";
import type { Strategy } from "./release.ts";
import type { AnyResource } from "./resource.ts";
import type { AnyService, Host } from "./service.ts";
import type { Changes, Cron, Duration, LogLevel, Missed, Percent } from "./units.ts";
import type { Alert, Dashboard, Logs, Slo, Traces, Uptime } from "./watch.ts";

/** What one environment has differently. */
export class Override {
  readonly kind = "override";
  constructor(of: object, changes: object) {
    change(this, of, changes);
  }
}

/** Changes a service, a resource, an alert … for one environment; what is not named stays. */
export function set<T extends { readonly "~options"?: object }>(of: T, changes: Changes<NonNullable<T["~options"]>>): Override {
  return new Override(of, changes);
}

type Named = AnyService | AnyResource | Alert | Slo | Dashboard | Uptime | Reset | Exercise | Runbook | Policy | Tenants;

export type Network = {
  readonly name?: string;
  readonly range?: string;
  /** Over so many zones. */
  readonly zones?: number;
  readonly privateSubnets?: boolean;
  /** Managed stores are reached by private peering. */
  readonly peering?: boolean;
  /** The firewall lets in only what comes from inside. */
  readonly internalOnly?: boolean;
  readonly connector?: { readonly machine?: string; readonly min: number; readonly max: number };
  readonly loadBalancer?: "alb" | "cloud" | "ingress";
  readonly firewall?: {
    readonly rules: readonly ("owasp core" | "sql injection" | "known bad inputs")[];
    readonly requestsPerMinute?: number;
  };
  readonly cdn?: "cloudfront" | "cloud cdn" | "front door";
  readonly dns?: "route 53" | "cloud dns" | "azure dns";
  readonly certificates?: "acm" | "managed" | "cert-manager";
  /** HTTPS between services too. */
  readonly tlsInside?: boolean;
  readonly internalDns?: boolean;
};

export type Standby = {
  readonly region: string;
  /** cold: made when needed; warm: there, idle; hot: takes traffic. */
  readonly mode: "cold" | "warm" | "hot";
  readonly of?: readonly AnyResource[];
  /** The script that moves the names over. */
  readonly dnsCutOver?: string;
  readonly scripts?: string;
};

export type Isolation = {
  readonly from: Environment | Switched;
  readonly of?: readonly ("project" | "network" | "data" | "secrets")[];
  readonly provenBy?: Policy;
};

export type Difference = { readonly of: AnyService | AnyResource | Flag; readonly in: string; readonly because: string };

export type Limits = {
  readonly pods?: number;
  readonly connections?: number;
  readonly spend?: Budget;
};

export type Previews = {
  readonly on: Trigger;
  readonly traffic?: Percent;
  readonly live?: Duration;
  readonly comment?: boolean;
  readonly plan?: boolean;
};

export type EnvironmentOptions = {
  readonly purpose?: string;
  /** Real users depend on it: stricter rules hold. */
  readonly production?: boolean;
  /** Somebody else runs it; it is known here so that others can be compared with it and kept apart from it. */
  readonly managed?: "here" | "elsewhere";
  readonly organisation?: string;
  readonly billing?: string;
  readonly zone?: string;
  readonly zones?: number;
  readonly standby?: Standby;
  /** One host for everything, or a host for each service. */
  readonly domain?: string | readonly Host[];
  readonly deploy?: Trigger | readonly Trigger[];
  readonly previews?: Previews;
  readonly data?: Dataset | DatasetPart;
  /** The only kind of data that may ever be here. */
  readonly onlyData?: "synthetic" | "seed" | "fixtures" | "demo" | "anonymised";
  readonly isolated?: Isolation;
  readonly mirrors?: { readonly environment: Environment | Switched; readonly except?: readonly Difference[] };
  readonly limits?: Limits;
  readonly offHours?: {
    readonly stop: readonly (AnyResource | AnyService)[];
    readonly from: Cron;
    readonly until: Cron;
    readonly missed?: Missed;
  };
  readonly logLevel?: LogLevel;
  readonly release?: Strategy;
  readonly freezes?: readonly Freeze[];
  readonly admitOnlySigned?: boolean;
  readonly budget?: Budget;
  readonly costs?: CostTable;
  readonly traces?: Traces;
  readonly logs?: Logs;
  /** Environments that name the same workspace share dashboards. */
  readonly workspace?: string;
  readonly network?: Network;
  readonly registry?: string;
  readonly secretsIn?: "secret manager" | "secrets manager" | "key vault" | "vault" | "file";
  readonly integrations?: "live" | "sandbox";
  readonly flags?: readonly FlagSetting[];
  readonly overrides?: readonly Override[];
  /** What only this environment has. */
  readonly with?: readonly Named[];
  /** What this environment does not have. */
  readonly without?: readonly Named[];
  readonly envFile?: string;
  /** Of the cloud, by their short names: run, sqladmin. */
  readonly apis?: readonly string[];
  readonly audit?: {
    readonly calls?: "cloudtrail" | "cloud audit logs";
    readonly threats?: "guardduty" | "defender";
    readonly compliance?: "config" | "azure policy";
  };
  readonly approvedBy?: Role;
  readonly notify?: Channel | readonly Channel[];
  readonly verified?: readonly VerifyStep[];
};

/** Something that is looked at to see that an environment is as it should be. */
export type VerifyStep = "project" | "apis" | "databases" | "caches" | "secrets" | "network";

export type GcpOptions = EnvironmentOptions & {
  readonly runs?: "cloud run" | "gke";
  readonly region?: GcpRegion;
  readonly regions?: readonly GcpRegion[];
  readonly cluster?: { readonly name: string; readonly autopilot?: boolean };
};

export type AwsOptions = EnvironmentOptions & {
  readonly runs?: "ecs" | "eks";
  readonly region?: AwsRegion;
  readonly regions?: readonly AwsRegion[];
  readonly cluster?: { readonly name: string };
};

export type AzureOptions = EnvironmentOptions & {
  readonly runs?: "aks";
  readonly region?: AzureRegion;
  readonly regions?: readonly AzureRegion[];
  readonly cluster?: { readonly name: string };
};

export type LocalOptions = EnvironmentOptions & {
  /** Written as a compose file too. */
  readonly compose?: string;
  /** Made for one run and thrown away. */
  readonly ephemeral?: boolean;
};

/** A place where the product runs. Its name is the key it stands under in `product`. */
export class Environment {
  readonly kind = "environment";

  constructor(target: Record<string, string>, given: object, args: Record<string, number>) {
    entity(this, "environments", undefined, { data: { ...target, ...options(given) }, given, args });
  }

  /** A gate: the very version to be released was released here, and everything after it passed. */
  get green(): Gate {
    return new Gate({ gate: "green", environment: this }, {});
  }
}

/** A Google Cloud project. `<id>` in its name stands for the part that is chosen at set-up. */
export function gcp(project: string, options: GcpOptions = {}): Environment {
  return new Environment({ cloud: "gcp", project }, options, { project: 0 });
}

/** An AWS account, by its alias or number. */
export function aws(account: string, options: AwsOptions = {}): Environment {
  return new Environment({ cloud: "aws", account }, options, { account: 0 });
}

/** An Azure subscription, by its name or id. */
export function azure(subscription: string, options: AzureOptions = {}): Environment {
  return new Environment({ cloud: "azure", subscription }, options, { subscription: 0 });
}

/** This machine. */
export function local(options: LocalOptions = {}): Environment {
  return new Environment({ cloud: "local" }, options, {});
}

/** The same environment on one cloud or another: `gantry show production --switch cloud=azure`. The first is the usual one. */
export class Switched {
  readonly kind = "environment";

  constructor(by: string, cases: Readonly<Record<string, Environment>>) {
    value(this, { switch: by, cases }, { given: cases, args: { switch: 0, cases: 1 } });
  }

  /** A gate, as an environment has it. */
  get green(): Gate {
    return new Gate({ gate: "green", environment: this }, {});
  }
}

export function either(by: string, cases: Readonly<Record<string, Environment>>): Switched {
  return new Switched(by, cases);
}
