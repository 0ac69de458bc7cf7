import { entity, options, reference } from "../node.ts";
import { type Access, Address, type AnyResource, type Container } from "./resource.ts";
import { type Queue } from "./facilities.ts";
import type { Secret } from "./secret.ts";
import { type Signal, measure } from "./signal.ts";
import type { BuildOptions, Here, Stack } from "./stack.ts";
import type { Bytes, Cron, Duration, LogLevel, Missed, Percent } from "./units.ts";

export type HealthCheck = {
  readonly path: string;
  readonly every?: Duration;
  readonly timeout?: Duration;
  /** So many failures in a row and it counts as dead. */
  readonly failures?: number;
  /** Asked apart from `path`: may it get traffic? */
  readonly ready?: string;
  /** How long a start may take. */
  readonly start?: Duration;
};

export type Size = { readonly cpu?: number; readonly memory?: Bytes };

export type Scale = {
  readonly min?: number;
  readonly max?: number;
  /** What more instances follow. */
  readonly on?: { readonly cpu?: Percent; readonly memory?: Percent; readonly requests?: number; readonly waiting?: number };
  /** Down to nothing after so long without a request; the next one starts it again. */
  readonly idle?: { readonly after: Duration; readonly to: 0 };
};

export type EnvValue = string | number | boolean | Secret | Address;
export type Use = AnyResource | Access | AnyService;

export type ServiceOptions = {
  readonly title?: string;
  readonly build?: string | BuildOptions;
  /** A ready image instead of a build. */
  readonly image?: string;
  readonly stack?: Stack;
  /** What stands in for it on this machine. */
  readonly here?: Here;
  readonly port?: number;
  readonly health?: string | HealthCheck;
  readonly uses?: readonly Use[];
  readonly env?: Readonly<Record<string, EnvValue>>;
  readonly size?: Size;
  readonly scale?: Scale;
  /** Where browsers may call it from. */
  readonly cors?: { readonly origins: readonly (string | Address)[]; readonly methods?: readonly string[] };
  /** Paths of the product's host that it answers. */
  readonly paths?: readonly string[];
  /** Its names in a cluster. */
  readonly deployment?: { readonly name?: string; readonly container?: string };
  /** The account it acts as, when it is not named after the service. */
  readonly account?: string;
  /** Where it shows its metrics. */
  readonly metrics?: string;
  /** Set to false when nothing counts its requests: then no gate can judge it by them. */
  readonly measured?: boolean;
  /** How long requests in flight get before it is stopped. */
  readonly drain?: Duration;
  readonly pool?: { readonly tool?: "prisma" | "sqlx" | "pgbouncer" | "sqlalchemy"; readonly max: number };
  readonly develop?: { readonly reload?: string; readonly mount?: readonly string[] };
  readonly logLevel?: LogLevel;
  readonly container?: Omit<Container, "image">;
  /** Starts and works, with less to offer, while these are missing. */
  readonly copesWithout?: readonly AnyResource[];
};

/** Any service, whatever its options. */
export type AnyService = Omit<Service, "~options">;

/** Some of a service's routes. */
export class Routes {
  readonly kind = "routes";
  constructor(to: AnyService, routes: string) {
    reference(this, to, { routes });
  }
}

/** A service at a host. */
export class Host {
  readonly kind = "host";
  constructor(to: AnyService, host: string, more: object) {
    reference(this, to, { host, ...more });
  }
}

export class Service<Options extends object = ServiceOptions> {
  readonly kind: "service" | "frontend" | "worker" | "cron" | "proxy";
  readonly name: string;
  /** What `set` may change of it; a type only. */
  declare readonly "~options"?: Options;

  constructor(kind: Service["kind"], name: string, given: object) {
    this.kind = kind;
    this.name = name;
    entity(this, "services", name, { data: { kind, ...options(given) }, given, args: { name: 0 } });
  }

  get url(): Address {
    return new Address(this, "url");
  }
  get host(): Address {
    return new Address(this, "host");
  }
  get revision(): Address {
    return new Address(this, "revision");
  }
  /** The route its health is asked at. */
  get health(): Routes {
    return new Routes(this, "(health)");
  }
  routes(pattern: `/${string}`): Routes {
    return new Routes(this, pattern);
  }
  at(host: string, options: { readonly path?: `/${string}`; readonly port?: number } = {}): Host {
    return new Host(this, host, options);
  }
  /** Requests a second. */
  get requests(): Signal {
    return measure("requests", this);
  }
}

export function service(name: string, options: ServiceOptions = {}): Service {
  return new Service("service", name, options);
}

/** A service that serves pages to browsers. */
export function frontend(name: string, options: ServiceOptions = {}): Service {
  return new Service("frontend", name, options);
}

/** A service in front of the others. */
export function proxy(name: string, options: ServiceOptions = {}): Service {
  return new Service("proxy", name, options);
}

export type WorkerOptions = ServiceOptions & { readonly takes?: Queue | readonly Queue[] | AnyResource };

/** A service that takes work from a queue. */
export function worker(name: string, options: WorkerOptions = {}): Service<WorkerOptions> {
  return new Service("worker", name, options);
}

export type CronOptions = ServiceOptions & {
  readonly schedule: Cron;
  /** Stopped after this long. */
  readonly limit?: Duration;
  /** What to do when the last one is still running. */
  readonly overlap?: "skip" | "wait" | "allow";
  /** What to do about times at which nobody was there to start it: nothing, or once what was due last. */
  readonly missed?: Missed;
};

/** A job that runs at set times. */
export function cron(name: string, options: CronOptions): Service<CronOptions> {
  return new Service("cron", name, options);
}
