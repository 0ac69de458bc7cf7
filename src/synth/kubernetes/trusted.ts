import type { Environment, EnvironmentService } from "../../spec/environment.ts";
import { resourcesOf } from "../variables.ts";
import type { Fields } from "./manifest.ts";

// Stores whose certificates no public authority has signed: whoever calls them is given the authority, as a file.

/** The config map with what is trusted, and the file that it is made of, which only those who have the running stores can fill. */
export const trustedMap = "trusted";
export const trustedFile = "trusted.pem";
const folder = "/etc/trusted";

/** The stores among those of a service that have an authority of their own. */
function ownAuthorities(environment: Environment, service: EnvironmentService): readonly string[] {
  return resourcesOf(service).filter((name) => {
    const resource = environment.resources[name];
    if (resource === undefined || resource.external === true) return false;
    // Memorystore signs its certificates itself; those of the other clouds bear a public authority's name.
    if (resource.kind === "redis") return environment.cloud === "gcp" && resource.encrypted !== false;
    return resource.kind === "bucket" && resource.engine === "minio";
  });
}

/** Every store with an authority of its own that a service calls. */
export function allAuthorities(environment: Environment): readonly string[] {
  return [...new Set(Object.values(environment.services).flatMap((one) => ownAuthorities(environment, one)))].toSorted();
}

/** Node trusts it beside the public ones. Others have no variable that adds to those, and are told where the file is. */
export function trustedEnv(environment: Environment, service: EnvironmentService): Fields[] {
  if (ownAuthorities(environment, service).length === 0) return [];
  const name = service.stack?.language === "node" ? "NODE_EXTRA_CA_CERTS" : "TRUSTED_CA_FILE";
  return [{ name, value: `${folder}/${trustedFile}` }];
}

export function trustedMounts(environment: Environment, service: EnvironmentService): Fields[] {
  return ownAuthorities(environment, service).length === 0 ? [] : [{ name: "trusted", mountPath: folder, readOnly: true }];
}

export function trustedVolumes(environment: Environment, service: EnvironmentService): Fields[] {
  return ownAuthorities(environment, service).length === 0 ? [] : [{ name: "trusted", configMap: { name: trustedMap } }];
}
