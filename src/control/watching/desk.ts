import type { Actor } from "../../delivery/machine.ts";
import { UserError } from "../../lib/errors.ts";
import type { SilenceView } from "../../wire/signals.ts";
import type { Platform } from "../platform.ts";
import { whoOf } from "../releases/actor-of.ts";
import type { EnvironmentWatch } from "./environment-watch.ts";
import { silenceFrom, silenceView } from "./silence-words.ts";

// What people say to alerts, whichever way it comes.

export function silencesOf(one: EnvironmentWatch, nowMs: number): readonly SilenceView[] {
  return Object.values(one.state().desk.silences).map((silence) => silenceView(silence, one.key, nowMs));
}

export async function beginSilence(
  { store }: Pick<Platform, "store">,
  one: EnvironmentWatch,
  { asked, by }: { readonly asked: Readonly<Record<string, unknown>>; readonly by: Actor },
): Promise<SilenceView> {
  const silence = silenceFrom(asked, one, by.name, Date.now());
  await one.silence(silence);
  const data = { until: new Date(silence.untilMs).toISOString(), reason: silence.reason };
  await tell(store, one, { kind: "alert.silenced", by, subject: String(asked["alert"]), data });
  return silenceView(silence, one.key, Date.now());
}

export async function endSilence(
  { store }: Pick<Platform, "store">,
  one: EnvironmentWatch,
  { id, by }: { readonly id: string; readonly by: Actor },
): Promise<void> {
  if (!(await one.unsilence(id)))
    throw new UserError("unknown-silence", `${one.key} has no silence ${JSON.stringify(id)}, or more than one`, {
      hint: "gantry alerts silences shows those there are",
    });
  await tell(store, one, { kind: "alert.unsilenced", by, subject: id, data: {} });
}

export async function acknowledge(
  { store }: Pick<Platform, "store">,
  one: EnvironmentWatch,
  { fingerprint, by, reason }: { readonly fingerprint: string; readonly by: Actor; readonly reason: string | undefined },
): Promise<void> {
  if (!(await one.acknowledge(fingerprint, by.name, Date.now())))
    throw new UserError("unknown-alert", `nothing fires in ${one.key} under ${JSON.stringify(fingerprint)}`, {
      hint: "gantry alerts shows what fires, with its fingerprint",
    });
  const data = reason === undefined ? {} : { reason };
  await tell(store, one, { kind: "alert.acknowledged", by, subject: fingerprint, data });
}

async function tell(
  store: Platform["store"],
  one: EnvironmentWatch,
  { by, ...event }: { readonly kind: string; readonly by: Actor; readonly subject: string; readonly data: object },
): Promise<void> {
  await store.addEvent({ product: one.environment.product, environment: one.key, ...whoOf(by), ...event });
}
