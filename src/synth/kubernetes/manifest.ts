import type { YamlValue } from "../text/yaml.ts";

export type Fields = { readonly [key: string]: YamlValue | undefined };

/** One object of the cluster's. */
export type Manifest = Fields & {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Fields & { readonly name: string };
};

export function manifest(apiVersion: string, kind: string, name: string, rest: Fields, metadata: Fields = {}): Manifest {
  return { apiVersion, kind, metadata: { name, ...metadata }, ...rest };
}

/** Whether one can be patched to be the other. What a component is put into by its labels has to have them from the start. */
export function sameObject(one: Manifest, other: Manifest): boolean {
  return one.kind === other.kind && one.metadata.name === other.metadata.name && hasSidecar(one) === hasSidecar(other);
}

function hasSidecar({ metadata }: Manifest): boolean {
  return JSON.stringify(metadata).includes('"tls-sidecar"');
}
