import { channelSecret } from "../../spec/channel-secret.ts";
import type { Environment } from "../../spec/environment.ts";
import type { SecretStore } from "../../targets/local/secret-store.ts";
import type { Address } from "../notices/notice.ts";

/** Which channels of a spec lead anywhere from here: those whose secret somebody has set. Made-up secrets open nothing. */
export type Channels = {
  isOpen(environment: Environment, channel: string): boolean;
  addressOf(environment: Environment, channel: string): Address | undefined;
};

export function channelsOf(secrets: Pick<SecretStore, "get">): Channels {
  const addressOf = (environment: Environment, name: string): Address | undefined => {
    const channel = environment.channels[name];
    if (channel === undefined) return undefined;
    const key = secrets.get(channelSecret(channel), environment.environment);
    return key === undefined ? undefined : { name, kind: channel.kind, address: channel.address, key };
  };
  return { addressOf, isOpen: (environment, channel) => addressOf(environment, channel) !== undefined };
}
