import { traceShareOf } from "../signals/logs/exclusions.ts";
import type { Environment } from "../spec/environment.ts";
import type { Store } from "../store/store.ts";
import { type Artifact, buildArtifact } from "../targets/local/artifact.ts";
import { isListening } from "../spec/is-listening.ts";
import { revisionSpec } from "../targets/local/deploy.ts";
import { hostOf } from "../targets/local/names.ts";
import { type ResourceHere, type ServiceAddress, serviceEnv } from "../targets/local/service-env.ts";
import type { RevisionSpec } from "../wire/machine.ts";
import type { Named, Step } from "./bring-up.ts";
import type { Platform } from "./platform.ts";
import type { Ports } from "./ports.ts";
import type { CameWith } from "./releases/came-with.ts";

// From code and configuration to revisions: what `up` starts at once and a release step by step.

/** Where each service is dialled, and where a browser sees it. */
export async function addressesOf(
  services: Named,
  { key, ports, gatewayPort }: { readonly key: string; readonly ports: Ports; readonly gatewayPort: number },
): Promise<ReadonlyMap<string, ServiceAddress>> {
  const found = new Map<string, ServiceAddress>();
  for (const [name, service] of services) {
    if (!isListening(service)) continue;
    found.set(name, { port: await ports.of(name), browserUrl: `http://${hostOf(name, key)}:${gatewayPort}` });
  }
  return found;
}

export async function buildAll(
  services: Named,
  where: { readonly rootOf: (service: string) => string; readonly artifacts: string },
  step: Step,
): Promise<ReadonlyMap<string, Artifact>> {
  const built = await Promise.all(
    services.map(async ([name, { here }]) => {
      if (here === undefined) return [];
      const since = performance.now();
      const artifact = await buildArtifact(name, here, { root: where.rootOf(name), artifacts: where.artifacts });
      if (!artifact.reused) step(name, "built", since);
      return [[name, artifact] as const];
    }),
  );
  return new Map(built.flat());
}

/** What was built, with the configuration that the environment gives it. */
export function revisionsOf(
  services: Named,
  artifacts: ReadonlyMap<string, Artifact>,
  given: {
    readonly platform: Pick<Platform, "machineKey" | "otlpPort">;
    readonly environment: Environment;
    readonly key: string;
    readonly speed: number;
    readonly resources: ReadonlyMap<string, ResourceHere>;
    readonly services: ReadonlyMap<string, ServiceAddress>;
    readonly secret: (name: string) => string;
  },
): ReadonlyMap<string, RevisionSpec> {
  const { platform, environment, key, speed } = given;
  const specs = new Map<string, RevisionSpec>();
  for (const [name, service] of services) {
    const artifact = artifacts.get(name);
    if (!artifact) continue;
    const env = serviceEnv({
      environment,
      service: name,
      resources: given.resources,
      services: given.services,
      secret: given.secret,
      telemetry: { endpoint: `http://127.0.0.1:${platform.otlpPort}/otlp/${key}`, share: traceShareOf(environment) },
    });
    specs.set(name, revisionSpec(name, service, { artifact, env, speed, key: platform.machineKey }));
  }
  return specs;
}

/** Writes down what each revision is, so that it can be started again long after the agent has forgotten it. What is secret in it stays sealed. */
export async function keepRevisions(
  store: Pick<Store, "putRevision">,
  at: { readonly product: string; readonly environment: string },
  specs: ReadonlyMap<string, RevisionSpec>,
  {
    artifacts,
    migrationsOf,
    isMigrated = false,
  }: {
    readonly artifacts: ReadonlyMap<string, Artifact>;
    readonly migrationsOf: (service: string) => CameWith;
    readonly isMigrated?: boolean;
  },
): Promise<void> {
  for (const [service, spec] of specs)
    await store.putRevision({
      ...at,
      service,
      revision: spec.revision,
      artifact: artifacts.get(service)?.id ?? "",
      spec,
      migrations: migrationsOf(service),
      isMigrated,
    });
}
