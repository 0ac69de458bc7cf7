import type { Environment } from "../../../spec/environment.ts";
import { resourcesOf } from "../../variables.ts";
import type { Place } from "./place.ts";

type Resource = Environment["resources"][string];
export type OfKind<Kind extends Resource["kind"]> = Extract<Resource, { readonly kind: Kind }>;

/** What of a kind is made here: not what others run. */
export function ownOf<Kind extends Resource["kind"]>(
  place: Place,
  kind: Kind,
): readonly (readonly [name: string, one: OfKind<Kind>])[] {
  return Object.entries(place.environment.resources).flatMap(([name, one]) =>
    isOfKind(one, kind) && one.external !== true ? [[name, one] as const] : [],
  );
}

function isOfKind<Kind extends Resource["kind"]>(one: Resource, kind: Kind): one is OfKind<Kind> {
  return one.kind === kind;
}

/** Buckets of the cloud's; those in MinIO are in its cluster. */
export function ownBuckets(place: Place): readonly (readonly [name: string, one: OfKind<"bucket">])[] {
  return ownOf(place, "bucket").filter(([, one]) => one.engine !== "minio");
}

/** The services that work with a resource. */
export function usersOf({ environment }: Place, resource: string): readonly string[] {
  return Object.entries(environment.services).flatMap(([name, one]) => (resourcesOf(one).includes(resource) ? [name] : []));
}

/** Where others run it, and nobody wrote where: the address is kept with the secrets. */
export function addressSecret(resource: string, attribute: string): string {
  return `${resource}-${attribute === "url" ? "url" : "address"}`;
}

/** The replica of a database in the region that stands by. */
export function replicaElsewhere(
  { environment }: Place,
  { replicas = [] }: OfKind<"postgres">,
): { readonly size?: string | undefined } | undefined {
  return replicas.find(({ region }) => region !== undefined && region === environment.standby?.region);
}
