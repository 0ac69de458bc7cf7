import { entity, options, reference } from "../node.ts";
import type { AnyResource } from "./resource.ts";
import type { KmsKey } from "./facilities.ts";
import type { Postgres } from "./stores.ts";
import type { Requirement } from "./release.ts";
import type { Secret } from "./secret.ts";
import type { Cron, Percent } from "./units.ts";

export type DatasetOptions = {
  readonly of?: AnyResource | readonly AnyResource[];
  readonly from?: string;
  /** How many of what. */
  readonly rows?: Readonly<Record<string, number>>;
  readonly describes?: string;
};

export type DatasetKind = "seed" | "fixtures" | "synthetic" | "demo" | "real";

/** What an environment holds. */
export class Dataset {
  readonly kind: DatasetKind;
  readonly name: string;

  constructor(kind: DatasetKind, name: string, given: DatasetOptions) {
    this.kind = kind;
    this.name = name;
    entity(this, "datasets", name, { data: { kind, ...options(given) }, given, args: { name: 0 } });
  }

  /** A part of it in which nobody can be recognised. */
  anonymised(
    options: { readonly share?: Percent; readonly fields?: readonly string[]; readonly refresh?: Cron } = {},
  ): DatasetPart {
    return new DatasetPart(this, { anonymised: true, ...options });
  }
}

export class DatasetPart {
  readonly kind = "dataset part";
  constructor(to: Dataset, more: object) {
    reference(this, to, { ...more });
  }
}

/** Made for a developer to start with. */
export function seed(name: string, options: DatasetOptions = {}): Dataset {
  return new Dataset("seed", name, options);
}
/** Made for one test and thrown away. */
export function fixtures(name: string, options: DatasetOptions = {}): Dataset {
  return new Dataset("fixtures", name, options);
}
/** Made up, in the shape of the real thing. */
export function synthetic(name: string, options: DatasetOptions = {}): Dataset {
  return new Dataset("synthetic", name, options);
}
/** Made to be shown to people. */
export function demo(name: string, options: DatasetOptions = {}): Dataset {
  return new Dataset("demo", name, options);
}
/** What users entrusted to the product. */
export function real(name: string, options: DatasetOptions = {}): Dataset {
  return new Dataset("real", name, options);
}

export type TenantsOptions = {
  /** The column that says whose a row is. */
  readonly key: string;
  readonly in: Postgres;
  readonly credentials?: readonly string[];
  readonly provision?: {
    readonly script: string;
    readonly seed?: Dataset;
    readonly prints?: readonly string[];
    /** Must hold before anybody is let in. */
    readonly requires?: readonly Requirement[];
  };
  readonly encryptedWith?: KmsKey;
};

export class Tenants {
  readonly kind = "tenants";
  readonly name: string;

  constructor(name: string, given: TenantsOptions) {
    this.name = name;
    entity(this, "tenants", name, { data: options(given), given, args: { name: 0 } });
  }
}

export function tenants(name: string, options: TenantsOptions): Tenants {
  return new Tenants(name, options);
}

export type ResetOptions = {
  readonly of: AnyResource;
  readonly schedule?: Cron;
  /** Only the rows of the tenant that asks for it. */
  readonly only?: Tenants;
  readonly askedIn?: string;
  readonly seeds?: Dataset;
  /** Whoever asks may leave it empty. */
  readonly seedsIf?: "asked";
  readonly authorisedBy?: Secret;
};

export class Reset {
  readonly kind = "reset";
  readonly name: string;

  constructor(name: string, given: ResetOptions) {
    this.name = name;
    entity(this, "resets", name, { data: options(given), given, args: { name: 0 } });
  }
}

/** Wipes data and seeds it again. */
export function reset(name: string, options: ResetOptions): Reset {
  return new Reset(name, options);
}
