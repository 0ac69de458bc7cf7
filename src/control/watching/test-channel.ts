import { randomUUID } from "node:crypto";
import type { Actor } from "../../delivery/machine.ts";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { channelSecret } from "../../spec/channel-secret.ts";
import type { Notice } from "../notices/notice.ts";
import type { Platform } from "../platform.ts";
import type { EnvironmentWatch } from "./environment-watch.ts";
import type { Watch } from "./watch.ts";

export type TestTold = { readonly ok: boolean; readonly said: string; readonly secret?: string };

type Testing = {
  readonly platform: Platform;
  readonly watch: Watch;
  /** Its last word is what came of it. */
  readonly line: (document: TestTold) => void;
  readonly by: Actor;
  readonly signal: AbortSignal;
};

/** Sends a notice through a channel, as an alert would, and waits for what came of it. */
export async function testChannel(
  one: EnvironmentWatch,
  channel: string,
  { platform, watch, line, signal, by }: Testing,
): Promise<void> {
  const { store } = platform;
  const { environment, key } = one;
  const names = Object.keys(environment.channels);
  const given = environment.channels[channel];
  if (given === undefined)
    throw new UserError("unknown-channel", `${environment.product} has no channel ${JSON.stringify(channel)}`, {
      hint: didYouMean(channel, names) ?? `it has ${names.join(", ")}`,
    });
  const open = watch.channels.isOpen(environment, channel);
  const id = randomUUID();
  const notice = (status: "firing" | "resolved"): Notice => ({
    schemaVersion: 1,
    product: environment.product,
    environment: key,
    kind: "test",
    status,
    dedupKey: `${environment.product}/${key}/test/${id}`,
    title: "A test of this channel",
    text: `${by.name} asked whether ${channel} reaches somebody. ${status === "firing" ? "It does." : "That was all."}`,
    severity: "info",
    since: new Date().toISOString(),
    labels: {},
  });
  const statuses = given.kind === "pagerduty" ? (["firing", "resolved"] as const) : (["firing"] as const);
  const ids = await store.notices.add(
    environment.product,
    key,
    statuses.map((status) => ({
      channel,
      dedupKey: notice(status).dedupKey,
      once: `${id}/${status}`,
      body: notice(status),
      kept: !open,
    })),
  );
  if (!open) {
    const secret = channelSecret(given);
    line({
      ok: false,
      said: `${channel} is not open here: the notice is only kept. gantry secret set ${secret} opens it`,
      secret,
    });
    return;
  }
  watch.wakeOutbox();
  for (const one of ids) {
    for (;;) {
      const row = await store.notices.get(one);
      if (row === undefined || signal.aborted) return;
      if (row.state === "sent") break;
      if (row.state === "failed" || row.problem !== null) {
        line({
          ok: false,
          said: `${channel}: ${row.problem ?? "it failed"}${row.state === "waiting" ? "; it is tried again" : ""}`,
        });
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  line({ ok: true, said: `${channel} took it` });
}
