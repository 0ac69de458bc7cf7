import { entity, options, value } from "../node.ts";
import { asList } from "../shorthand.ts";
import type { Channel } from "./channel.ts";
import { Gate, type Role } from "./people.ts";
import type { Policy } from "./operate.ts";
import type { AnyResource, Attribute } from "./resource.ts";
import type { AnyService } from "./service.ts";
import type { Cron, Duration } from "./units.ts";

/** When something happens. */
export class Trigger {
  readonly kind = "trigger";
  constructor(data: object, args: Record<string, number>, given?: object) {
    value(this, data, { args, given });
  }
}

export function onPush(branch: string): Trigger {
  return new Trigger({ on: "push", branch }, { branch: 0 });
}
export function onMerge(branch: string): Trigger {
  return new Trigger({ on: "merge", branch }, { branch: 0 });
}
export function onTag(pattern: string): Trigger {
  return new Trigger({ on: "tag", pattern }, { pattern: 0 });
}
export function onPullRequest(options: { readonly label?: string } = {}): Trigger {
  return new Trigger({ on: "pull request", ...options }, {}, options);
}
export function onSchedule(schedule: Cron): Trigger {
  return new Trigger({ on: "schedule", schedule }, { schedule: 0 });
}
/** A person starts it, and says which version. */
export function byHand(options: { readonly version?: "required" | "newest"; readonly role?: Role } = {}): Trigger {
  return new Trigger({ on: "hand", ...options }, {}, options);
}
/** Whenever that environment is released. */
export function together(environment: { readonly kind: "environment" }): Trigger {
  return new Trigger({ on: "together", environment }, { environment: 0 });
}

export type CheckOptions = {
  readonly on?: Trigger | readonly Trigger[];
  readonly steps: readonly string[];
  readonly folder?: string;
  readonly needs?: readonly Check[];
  /** What runs beside it: resources, and services that it looks at. */
  readonly beside?: readonly (AnyResource | AnyService)[];
  readonly blocks?: "merge" | "release" | "apply";
  /** What it writes down. */
  readonly report?: "zap" | "sarif" | "junit" | "coverage";
  readonly target?: string;
  readonly policy?: Policy;
  readonly timeout?: Duration;
};

/** Commands that must succeed. */
export class Check {
  readonly kind = "check";
  readonly name: string;

  constructor(name: string, given: CheckOptions) {
    this.name = name;
    entity(this, "checks", name, { data: options(given), given, args: { name: 0 } });
  }

  /** A gate: it passed for the very version that is released. */
  get passed(): Gate {
    return new Gate({ gate: "check", check: this }, {});
  }
  /** A gate: its report on the very version that is released has nothing as bad as this. */
  clean(options: { readonly of?: readonly ("low" | "medium" | "high" | "critical")[] } = {}): Gate {
    return new Gate({ gate: "clean", check: this, of: ["high", "critical"], ...options }, { given: options });
  }
}

export function check(name: string, options: CheckOptions): Check {
  return new Check(name, options);
}

export type ImageOptions = {
  /** With <project>, <service> and <sha> where those stand. */
  readonly registry?: string;
  readonly repository?: "artifact registry" | "container registry" | "ecr" | "acr" | "docker hub";
  readonly tag?: "sha" | "semver" | readonly ("sha" | "semver")[];
  readonly cache?: boolean;
  /** A tag, once given, never moves to another image. */
  readonly immutable?: boolean;
  readonly sign?: "cosign";
  readonly on?: readonly Trigger[];
};

/** What a Terraform module is made for. */
export type ModulePart =
  "service" | "cron" | "postgres" | "redis" | "bucket" | "topic" | "queue" | "kms" | "dashboards" | "alerts" | "network";

/** A module, and the outputs behind addresses such as `db.connectionName`: whoever uses the address consumes the output. */
export type Module = { readonly name: string; readonly outputs?: Readonly<Partial<Record<Attribute, string>>> };

export type InfrastructureOptions = {
  readonly terraform?: string;
  /** With <environment> where its name stands. */
  readonly root?: string;
  readonly variables?: string;
  readonly modules?: {
    readonly folder: string;
    readonly names?: readonly string[];
    readonly makes?: Readonly<Partial<Record<ModulePart, Module>>>;
  };
  readonly state?: {
    readonly in: "gcs" | "s3" | "azure" | "terraform cloud";
    readonly bucket?: string;
    readonly locked?: boolean;
    readonly versioned?: boolean;
    readonly encrypted?: boolean;
    readonly uniformAccess?: boolean;
    readonly perEnvironment?: boolean;
    readonly restore?: string;
  };
  readonly deployer?: { readonly account: string; readonly identity: "github oidc" | "gitlab oidc" };
  readonly plan?: { readonly detailedExitCode?: boolean; readonly comment?: boolean };
  readonly drift?: Cron;
  readonly approvedBy?: Role;
  readonly review?: "pull request";
};

export type PipelineOptions = {
  /** What it is called where it runs. */
  readonly title?: string;
  readonly runsOn: readonly ("github actions" | "gitlab ci" | "cloud build")[];
  /** Cloud Build's; the other systems look for their files where these always are. */
  readonly file?: string;
  readonly machine?: string;
  /** The account it acts as. */
  readonly account?: string;
  /** How long a step of a build may take at most, on systems whose builds have such a limit. A release takes its own time. */
  readonly timeout?: Duration;
  readonly checks?: readonly Check[];
  readonly images?: ImageOptions;
  readonly infrastructure?: InfrastructureOptions;
  readonly notify?: Channel | readonly Channel[];
  readonly previewWithin?: Duration;
  /** Where developers read how previews work. */
  readonly guide?: string;
  readonly identity?: "github oidc" | "gitlab oidc";
};

export class Pipeline {
  readonly kind = "pipeline";
  constructor(given: PipelineOptions) {
    const { images, notify, ...rest } = options(given) as Partial<PipelineOptions>;
    // As a value of its own, so that its keys keep their places.
    const tagged = typeof images === "object" ? value({}, { ...images, tag: asList(images.tag) }, { given: images }) : images;
    value(this, { ...rest, notify: asList(notify), images: tagged }, { given });
  }
}

export function pipeline(options: PipelineOptions): Pipeline {
  return new Pipeline(options);
}

/** The parts of an environment that a script of its own sets up; they depend on each other in this order. */
export type ScriptPart = "project" | "network" | "database" | "cache" | "services" | "pipeline" | "monitoring";

/** The chapters of a guide; each is written from what the spec says about it. */
export type GuideSection = "deployment" | "diagram" | "sizes" | "cost" | "troubleshooting" | "security" | "clean-up";

/** Where the files that Gantry writes go. */
export type FilesOptions = {
  readonly root?: string;
  readonly terraform?: string;
  readonly kubernetes?: string;
  readonly scripts?: {
    readonly folder: string;
    /** Scripts for people, by name. */
    readonly names?: readonly string[];
    /** The script that sets up each part. */
    readonly parts?: Readonly<Partial<Record<ScriptPart, string>>>;
    readonly all?: string;
    readonly idempotent?: boolean;
    readonly confirms?: boolean;
    /** Says how far it is, and how it ended. */
    readonly progress?: boolean;
  };
  readonly settings?: string;
  readonly monitoring?: string;
  readonly policies?: string;
  readonly backups?: string;
  readonly guide?: { readonly file: string; readonly sections?: readonly GuideSection[] };
  /** That of the laptop, where its environment names none. */
  readonly compose?: string;
  readonly env?: { readonly file: string; readonly validatedBy?: Check };
  readonly ignored?: readonly string[];
};
