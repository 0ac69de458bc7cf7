import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { refName } from "../../../spec/derive.ts";
import type { ResourceHere } from "../service-env.ts";
import { dockerRuns, dockerSpec } from "./docker.ts";
import { onPath, versionOf } from "./on-path.ts";
import type { Offer, ProviderContext, Resource } from "./provider.ts";

// Search, workflows and scanners: by the program itself where it is installed, else in a container.

type ByProgram = Extract<Resource, { kind: "search" | "workflows" | "scanner" }>;
type Engine = ByProgram["engine"];

type Started = { readonly folder: string; readonly port: number; readonly key: string };
type Program = {
  readonly programs: readonly string[];
  readonly versionArgs?: readonly string[];
  readonly install: string;
  readonly args: (at: Started) => readonly string[];
  /** What it is told by its environment and nobody else may see. */
  readonly secretEnv?: (at: Started) => Readonly<Record<string, string>>;
  readonly files?: (at: Started) => Readonly<Record<string, string>>;
  /** The port it listens on inside a container, and where it is when the spec names no image. */
  readonly container: { readonly image: string; readonly port: number; readonly args?: readonly string[] };
  readonly scheme: string;
};

const programs: Readonly<Record<Engine, Program>> = {
  typesense: {
    programs: ["typesense-server"],
    install: "install typesense-server (https://typesense.org/docs/guide/install-typesense.html) or start a Docker engine",
    args: ({ folder, port }) => [
      "--data-dir",
      folder,
      "--api-address",
      "127.0.0.1",
      "--api-port",
      String(port),
      "--enable-cors=false",
    ],
    secretEnv: ({ key }) => ({ TYPESENSE_API_KEY: key }),
    container: { image: "typesense/typesense:27.0", port: 8108, args: ["--data-dir", "/tmp"] },
    scheme: "http",
  },
  meilisearch: {
    programs: ["meilisearch"],
    install: "install meilisearch (https://www.meilisearch.com/docs) or start a Docker engine",
    args: ({ folder, port }) => ["--db-path", folder, "--http-addr", `127.0.0.1:${port}`, "--no-analytics"],
    secretEnv: ({ key }) => ({ MEILI_MASTER_KEY: key }),
    container: { image: "getmeili/meilisearch:v1.12", port: 7700 },
    scheme: "http",
  },
  opensearch: {
    programs: [],
    install: "start a Docker engine: opensearch is started as a container",
    args: () => [],
    container: { image: "opensearchproject/opensearch:2", port: 9200 },
    scheme: "http",
  },
  temporal: {
    programs: ["temporal"],
    install:
      "install the temporal command (macOS: brew install temporal; else https://docs.temporal.io/cli) or start a Docker engine",
    args: ({ folder, port }) => [
      "server",
      "start-dev",
      "--headless",
      "--ip",
      "127.0.0.1",
      "--port",
      String(port),
      "--db-filename",
      path.join(folder, "temporal.db"),
    ],
    container: { image: "temporalio/temporal:1.5.1", port: 7233, args: ["server", "start-dev", "--ip", "0.0.0.0"] },
    scheme: "",
  },
  clamav: {
    programs: ["clamd"],
    install: "install clamd (Debian: apt install clamav-daemon, macOS: brew install clamav) or start a Docker engine",
    args: ({ folder }) => ["--foreground", `--config-file=${path.join(folder, "clamd.conf")}`],
    files: ({ folder, port }) => ({
      "clamd.conf": ["Foreground yes", "TCPAddr 127.0.0.1", `TCPSocket ${port}`, `TemporaryDirectory ${folder}`, ""].join("\n"),
    }),
    container: { image: "clamav/clamav:1.4", port: 3310 },
    scheme: "",
  },
};

export async function offerProgram(name: string, resource: ByProgram, context: ProviderContext): Promise<Offer> {
  const about = programs[resource.engine];
  const program = onPath(about.programs);
  if (program !== undefined) {
    const version = await versionOf(program, about.versionArgs);
    return {
      by: `${path.basename(program)} ${version ?? ""}`.trim(),
      provide: () => startProgram(name, resource, { about, program }, context),
    };
  }
  const image = resource.container?.image ?? about.container.image;
  if (await dockerRuns())
    return { by: `${image} in Docker`, provide: () => startContainer(name, resource, { about, image }, context) };
  return { missing: about.install };
}

async function startProgram(
  name: string,
  resource: ByProgram,
  { about, program }: { about: Program; program: string },
  context: ProviderContext,
): Promise<ResourceHere> {
  const at = await placeFor(name, resource, context);
  for (const [file, text] of Object.entries(about.files?.(at) ?? {}))
    writeFileSync(path.join(at.folder, file), text, { mode: 0o600 });
  await context.agent.putResource(context.key, {
    name,
    command: [program, ...about.args(at)],
    folder: at.folder,
    env: {},
    ...context.sealed(about.secretEnv?.(at)),
    port: at.port,
    drainMs: 10_000,
    configuration: context.digest(at),
  });
  return provided(name, resource, about, { at, by: path.basename(program) });
}

async function startContainer(
  name: string,
  resource: ByProgram,
  { about, image }: { about: Program; image: string },
  context: ProviderContext,
): Promise<ResourceHere> {
  const at = await placeFor(name, resource, context);
  const secretEnv = about.secretEnv?.(at) ?? {};
  await context.agent.putResource(
    context.key,
    {
      ...dockerSpec({
        product: context.environment.product,
        key: context.key,
        name,
        image,
        port: at.port,
        containerPort: about.container.port,
        args: about.container.args ?? [],
        env: resource.container?.env ?? {},
        secretNames: Object.keys(secretEnv),
      }),
      folder: at.folder,
      configuration: context.digest(at),
      ...context.sealed(secretEnv),
    },
    // The image may have to be fetched first.
    300_000,
  );
  return provided(name, resource, about, { at, by: `${image} in Docker` });
}

async function placeFor(
  name: string,
  resource: ByProgram,
  { key, place, ports, secret, secrets }: ProviderContext,
): Promise<Started> {
  const folder = path.join(place.resources, key, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const named = "apiKey" in resource ? refName(resource.apiKey, "secrets") : undefined;
  return {
    folder,
    port: await ports(`resource:${name}`),
    key: named === undefined ? secrets.made(`${key}/${name}/key`) : secret(named),
  };
}

function provided(name: string, resource: ByProgram, about: Program, { at, by }: { at: Started; by: string }): ResourceHere {
  const address = `127.0.0.1:${at.port}`;
  return {
    name,
    kind: resource.kind,
    by,
    attributes: () => ({
      url: { text: about.scheme === "" ? address : `${about.scheme}://${address}` },
      // An address without a scheme is what clients of these take as their host.
      host: { text: about.scheme === "" ? address : "127.0.0.1" },
      port: { text: String(at.port) },
      privateAddress: { text: "127.0.0.1" },
      id: { text: name },
    }),
  };
}
