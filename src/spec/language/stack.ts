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

/** The command that stands in for a service on this machine, without its real stack. */
export class Here {
  readonly kind = "here";

  constructor(command: string, given: object) {
    value(this, { command, ...given }, { given, args: { command: 0 } });
  }
}

export type HereOptions = { readonly folder?: string; readonly env?: Readonly<Record<string, string | number | boolean>> };

/** Runs this command here, in the spec's folder unless told otherwise. */
export function here(command: string, options: HereOptions = {}): Here {
  return new Here(command, options);
}
