import type { AlertRule } from "../../signals/rules/ruleset.ts";
import type { Environment } from "../../spec/environment.ts";
import { refName } from "../../spec/derive.ts";
import { slugs } from "../names.ts";

type ChannelData = Environment["channels"][string];

/** A channel of the spec, and what it is called where names are letters, digits and dashes. */
export type Channel = ChannelData & { readonly name: string; readonly slug: string; readonly secret: string | undefined };

/** Those that somebody is told on, in the order of their names. */
export function channelsTold({ channels }: Environment, alerts: readonly AlertRule[]): readonly Channel[] {
  const told = new Set(alerts.flatMap(({ to }) => to));
  const slugOf = slugs(Object.keys(channels));
  return Object.entries(channels)
    .filter(([name]) => told.has(name))
    .map(([name, channel]) => ({
      ...channel,
      name,
      slug: slugOf.get(name) ?? name,
      secret: secretOf(channel, slugOf.get(name) ?? name),
    }))
    .toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
}

/** What has to be kept secret of a channel: the routing key of PagerDuty, the address of a Slack webhook. */
function secretOf({ kind, key }: ChannelData, slug: string): string | undefined {
  if (kind === "email" || kind === "webhook") return undefined;
  return refName(key, "secrets") ?? slug;
}

/** Who is told of an alert, as one word: alerts with the same word go the same way. */
export function wayOf(channels: readonly Channel[], { to }: AlertRule): string {
  return channels
    .filter(({ name }) => to.includes(name))
    .map(({ slug }) => slug)
    .join("+");
}

/** Each way that alerts go, with its channels. */
export function waysOf(channels: readonly Channel[], alerts: readonly AlertRule[]): ReadonlyMap<string, readonly Channel[]> {
  const ways = alerts.map((one): [string, readonly Channel[]] => [
    wayOf(channels, one),
    channels.filter(({ name }) => one.to.includes(name)),
  ]);
  return new Map(ways.filter(([, its]) => its.length > 0).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
