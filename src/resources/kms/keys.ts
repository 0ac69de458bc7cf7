import type { KeyConfig, ResourceAccess, ResourcePrincipal } from "../../wire/resources.ts";
import { Fault } from "../fault.ts";
import { createOpened } from "../opened.ts";
import type { Places } from "../places.ts";
import { mayUse } from "../principals.ts";
import { openKeyRing, type KeyRing } from "./key-ring.ts";

export type NamedKey = { readonly config: KeyConfig; readonly ring: KeyRing };

export type Keys = {
  readonly configure: (configs: readonly KeyConfig[]) => Promise<void>;
  /** By its id, `alias/<id>`, or its ARN. */
  readonly use: (principal: ResourcePrincipal, name: string, access?: ResourceAccess) => Promise<NamedKey>;
  readonly idsFor: (principal: ResourcePrincipal) => string[];
  readonly rotate: (id: string) => Promise<boolean>;
  readonly closeEnvironment: (environment: string) => Promise<void>;
};

export function createKeys(places: Places, machineKey: Buffer, clock: () => number): Keys {
  let configs = new Map<string, KeyConfig>();
  const opened = createOpened<{ ring: KeyRing; close: () => Promise<void> }>();

  async function open(config: KeyConfig): Promise<KeyRing> {
    const { ring } = await opened.get(config.environment, config.id, async () => {
      const folder = await places.folder(config.environment, "keys");
      return { ring: openKeyRing(folder, config, machineKey, clock), close: () => Promise.resolve() };
    });
    return ring;
  }

  return {
    idsFor: (principal) => [...configs.keys()].filter((id) => mayUse(principal, "kms", id)),
    configure: async (next) => {
      configs = new Map(next.map((config) => [config.id, config]));
      // A ring is a value of its file; the next use reads it with the new configuration.
      await opened.close();
    },
    use: async (principal, name, access) => {
      const id = name.replace(/^arn:aws:kms:[^:]*:[^:]*:(?:key\/|(?=alias\/))/, "").replace(/^alias\//, "");
      const config = configs.get(id);
      if (!config) throw new Fault("NotFoundException", 400, "this machine has no such key");
      if (!mayUse(principal, "kms", id, access))
        throw new Fault(
          "AccessDeniedException",
          400,
          `${principal.service} of ${principal.environment} may not ${access ?? "use"} with ${id}`,
        );
      return { config, ring: await open(config) };
    },
    rotate: async (id) => {
      const config = configs.get(id);
      if (!config) return false;
      (await open(config)).rotate();
      return true;
    },
    closeEnvironment: opened.closeEnvironment,
  };
}
