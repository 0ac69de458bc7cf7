// What is used of it: the package has no types of its own.
declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  export type Context = {
    readonly path: string;
    readonly status: number;
    body: unknown;
    readonly request: { readonly url: string };
  };

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): void;
    callback(): RequestListener;
  }
}
