import { value } from "../node.ts";

/** What a service is written in. What runs in its place on a laptop is another value: `here`. */
export class Stack {
  readonly kind = "stack";

  constructor(language: string, version: string | undefined, given: object) {
    value(this, { language, version, ...given }, { given, args: { version: 0 } });
  }
}

type StackOptions = {
  readonly framework?: string;
  readonly image?: string;
  readonly tools?: readonly string[];
  readonly tracing?: string;
};

export function python(version: string, options: StackOptions = {}): Stack {
  return new Stack("python", version, options);
}

export function rust(version: string, options: StackOptions = {}): Stack {
  return new Stack("rust", version, options);
}

export function node(version: string, options: StackOptions = {}): Stack {
  return new Stack("node", version, options);
}

export type BuildOptions = {
  /** The folder that is sent to the build. */
  readonly context: string;
  /** The Dockerfile, when it is not the one in that folder. */
  readonly file?: string;
  readonly base?: string;
  readonly multiStage?: boolean;
  readonly nonRoot?: boolean;
  readonly healthCheck?: boolean;
  readonly cacheDependencies?: boolean;
  /** The name of the image, when it is not the service's. */
  readonly image?: string;
};

/** What stands in for a service on this machine, without its real stack. */
export class Here {
  readonly kind = "here";

  constructor(what: string, given: object) {
    const key = isEntry(what) ? "entry" : "command";
    value(this, { [key]: what, ...given }, { given, args: { [key]: 0 } });
  }
}

/** A file that Gantry builds, as against a command that is run as it is. */
function isEntry(what: unknown): boolean {
  return typeof what === "string" && /^\S+\.(?:[mc]?ts|[mc]?js)$/.test(what);
}

export type HereOptions = {
  /** Where the command runs, and what it is made of: this folder is what a version of it is a copy of. */
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  /** What the file is started with. */
  readonly args?: readonly string[];
  /** Run once in the copy before the command is started. */
  readonly build?: string;
};

/**
 * What runs here in place of the service: a file, as `services/api.ts`, that Gantry bundles and starts on Node, or a command that is run
 * as it is. Both are seen from the spec's folder unless told otherwise.
 */
export function here(what: string, options: HereOptions = {}): Here {
  return new Here(what, options);
}
