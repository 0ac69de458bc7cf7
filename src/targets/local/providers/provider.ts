import type { Environment } from "../../../spec/environment.ts";
import type { ResourceServerConfig } from "../../../wire/resources.ts";
import type { AgentClient } from "../agent-client.ts";
import type { ResourceHere } from "../service-env.ts";
import type { SecretStore } from "../secret-store.ts";

// Who provides a resource on this machine, in this order: what npm brings, a program on PATH, a container, nobody.

export type Resource = Environment["resources"][string];

export type ProviderContext = {
  readonly environment: Environment;
  /** `dev`, or `dev.pr-42` for a preview of it. */
  readonly key: string;
  readonly place: {
    readonly root: string;
    readonly folder: string;
    readonly postgres: string;
    readonly resources: string;
    readonly machineKey: string;
  };
  readonly agent: AgentClient;
  readonly secrets: SecretStore;
  readonly secret: (name: string) => string;
  readonly ports: (name: string) => Promise<number>;
  /** What is secret of a process's environment, as it is handed over. */
  readonly sealed: (env: Readonly<Record<string, string>> | undefined) => { readonly sealedEnv?: string };
  /** Tells two configurations apart without telling what is in them. */
  readonly digest: (configuration: unknown) => string;
  /** A preview wants the data as they are now, not as they were when the last template was made. */
  readonly fresh?: boolean;
  /** Whether migrations are applied as databases are provided: a release does that in a step of its own. */
  readonly migrates: boolean;
  readonly onStep: (step: ProviderStep) => void;
};

export type ProviderStep = { readonly subject: string; readonly did: string; readonly ms: number };

/** What a provider found: it can (and then does it when asked), or it cannot, and says what to install. */
export type Offer =
  { readonly by: string; readonly note?: string; readonly provide: () => Promise<ResourceHere> } | { readonly missing: string };

/** The part of the resource server's configuration that is about one environment. */
export type EnvironmentResources = Omit<ResourceServerConfig, "schemaVersion" | "adminToken">;
