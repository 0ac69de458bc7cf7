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

/** The same for objects of which one can be patched to be the other. What a component is put into by its labels has to have them from the start. */
export function identityOf({ kind, metadata }: Manifest): string {
  const labels = metadata["labels"];
  const sidecar = typeof labels === "object" && labels !== null && "tls-sidecar" in labels;
  return `${kind} ${metadata.name}${sidecar ? " with a sidecar" : ""}`;
}
