import { options, value } from "../node.ts";
import type { Channel } from "./channel.ts";
import type { Dataset, Reset, Tenants } from "./data.ts";
import type { Environment, Switched } from "./environment.ts";
import type { Flag } from "./flag.ts";
import type { Exercise, Policy, Runbook } from "./operate.ts";
import type { Approval, Freeze, Role } from "./people.ts";
import type { FilesOptions, Pipeline } from "./pipeline.ts";
import type { AnyResource } from "./resource.ts";
import type { Secret } from "./secret.ts";
import type { AnyService } from "./service.ts";
import type { Cron } from "./units.ts";
import type { Alert, Dashboard, Logs, ObservabilityTools, Slo, Uptime } from "./watch.ts";

/** Where the code lives. */
export class Repository {
  readonly kind = "repository";
  constructor(host: string, path: string, given: RepositoryOptions) {
    value(this, { host, path, ...options(given) }, { given, args: { path: 0 } });
  }
}

export type RepositoryOptions = { readonly mainBranch?: string };

export function github(path: `${string}/${string}`, options: RepositoryOptions = {}): Repository {
  return new Repository("github", path, options);
}
export function gitlab(path: `${string}/${string}`, options: RepositoryOptions = {}): Repository {
  return new Repository("gitlab", path, options);
}

/** The document that a spec came from. */
export type SourceDocument = {
  readonly id?: string;
  readonly title?: string;
  readonly version?: string;
  readonly phase?: string;
  readonly status?: "draft" | "approved" | "completed";
  readonly classification?: string;
  readonly updated?: `${number}-${number}-${number}`;
  readonly sourceOfTruth?: string;
};

export type ProductOptions = {
  readonly title?: string;
  readonly document?: SourceDocument;
  readonly repository?: Repository;
  readonly services: readonly AnyService[];
  /** Resources that no service uses yet; the others are found by themselves. */
  readonly resources?: readonly AnyResource[];
  readonly secrets?: readonly Secret[];
  readonly roles?: readonly Role[];
  readonly approvals?: readonly Approval[];
  readonly channels?: readonly Channel[];
  readonly flags?: readonly Flag[];
  readonly datasets?: readonly Dataset[];
  readonly tenants?: readonly Tenants[];
  readonly resets?: readonly Reset[];
  readonly freezes?: readonly Freeze[];
  readonly policies?: readonly Policy[];
  readonly runbooks?: readonly Runbook[];
  readonly exercises?: readonly Exercise[];
  readonly watch?: {
    readonly tools?: ObservabilityTools;
    readonly logs?: Logs;
    readonly slos?: readonly Slo[];
    readonly alerts?: readonly Alert[];
    readonly dashboards?: readonly Dashboard[];
    readonly uptime?: readonly Uptime[];
  };
  readonly spending?: {
    readonly recommendations?: { readonly schedule: Cron; readonly to: Channel };
    readonly byService?: boolean;
  };
  readonly pipeline?: Pipeline;
  readonly files?: FilesOptions;
  readonly environments: Readonly<Record<string, Environment | Switched>>;
};

/** The whole of it. A spec exports one of these as its default. */
export class Product {
  readonly kind = "product";
  readonly name: string;

  constructor(name: string, given: ProductOptions) {
    this.name = name;
    value(this, { name, ...options(given) }, { given, args: { name: 0 } });
  }
}

export function product(name: string, options: ProductOptions): Product {
  return new Product(name, options);
}
