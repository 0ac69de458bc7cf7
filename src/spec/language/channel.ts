import { entity, options } from "../node.ts";
import type { Secret } from "./secret.ts";

export type ChannelOptions = { readonly key?: Secret; readonly purpose?: string };

/** Where people are told things. */
export class Channel {
  readonly kind = "channel";
  readonly name: string;

  constructor(kind: string, address: string, given: ChannelOptions) {
    this.name = `${kind} ${address}`;
    entity(this, "channels", this.name, { data: { kind, address, ...options(given) }, given, args: { address: 0, name: 0 } });
  }
}

export const channel = {
  slack: (address: string, options: ChannelOptions = {}): Channel => new Channel("slack", address, options),
  pagerduty: (service: string, options: ChannelOptions = {}): Channel => new Channel("pagerduty", service, options),
  email: (address: string, options: ChannelOptions = {}): Channel => new Channel("email", address, options),
  webhook: (url: string, options: ChannelOptions = {}): Channel => new Channel("webhook", url, options),
} as const;
