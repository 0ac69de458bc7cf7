import { entity, options, reference } from "../node.ts";
import type { Secret } from "./secret.ts";

/** Something a service may do with a resource; what it takes to be allowed follows from it. */
export class Access {
  readonly kind = "access";
  constructor(to: AnyResource, access: string) {
    reference(this, to, { access });
  }
}

/** What is only known of a thing once it runs. */
export type Attribute = "url" | "host" | "port" | "connectionName" | "privateAddress" | "id" | "revision";

/** An address or name that is only known where the resource runs. */
export class Address {
  readonly kind = "address";
  constructor(to: object, attribute: string, more: object = {}) {
    reference(this, to, { attribute, ...more });
  }
}

/** Something that must hold of a resource before a release goes on, or is done for it. */
export class ResourceStep {
  readonly kind = "step";
  constructor(to: AnyResource, step: string) {
    reference(this, to, { step });
  }
}

/** How a resource runs where the environment is a set of containers. */
export type Container = {
  readonly image: string;
  /** "host:container" */
  readonly ports?: readonly `${number}:${number}`[];
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  readonly volume?: string;
};

export type ResourceOptions = {
  readonly title?: string;
  /** Its name where it runs, when that is not the name here. */
  readonly instance?: string;
  /** Reachable from private addresses only (the default); a store of data is never public. */
  readonly private?: boolean;
  readonly public?: boolean;
  /** Somebody else runs it; Gantry only connects. */
  readonly external?: boolean;
  readonly port?: number;
  /** The secret that holds its whole address, password and all; where there is one, `url` means it. */
  readonly urlIn?: Secret;
  readonly container?: Container;
};

/** What every resource has: a name, an address, and how its health is measured. */
export abstract class Resource<Options extends object = ResourceOptions> {
  readonly kind: string;
  readonly name: string;
  /** What `set` may change of it; a type only. */
  declare readonly "~options"?: Options;

  constructor(kind: string, name: string, given: object | undefined) {
    this.kind = kind;
    this.name = name;
    entity(this, "resources", name, { data: { kind, ...options(given) }, given, args: { name: 0 } });
  }

  get url(): Address {
    return new Address(this, "url");
  }
  get host(): Address {
    return new Address(this, "host");
  }
  get port(): Address {
    return new Address(this, "port");
  }
  /** What its own tools know it by: the bucket's, the topic's, the queue's, the key's full name where it runs. */
  get id(): Address {
    return new Address(this, "id");
  }
  /** May read, not write. */
  get read(): Access {
    return new Access(this, "read");
  }
}

/** Any resource, whatever its options. */
export type AnyResource = Omit<Resource, "~options">;
