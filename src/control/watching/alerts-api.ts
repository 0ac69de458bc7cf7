import type { Endpoint } from "../../system/json-server.ts";
import type { AlertView, NoticeView, SilenceView } from "../../wire/signals.ts";
import { noticesOf } from "../notices/notice-views.ts";
import type { Platform } from "../platform.ts";
import { actorOf } from "../releases/actor-of.ts";
import { alertViews } from "./alert-views.ts";
import { acknowledge, beginSilence, endSilence, silencesOf } from "./desk.ts";
import { testChannel } from "./test-channel.ts";
import { textOf, watchedIn } from "./watched-in.ts";
import type { Watch } from "./watch.ts";

// What may be asked of alerts, and said to them.

export function alertsApi(platform: Platform, watch: Watch): readonly Endpoint[] {
  const { store } = platform;
  const { asked, said } = watchedIn(watch);
  const by = actorOf(undefined, platform.actor);
  return [
    {
      method: "GET",
      path: "/v1/alerts",
      answer: ({ query }): readonly AlertView[] => alertViews(asked(query)),
    },
    {
      method: "GET",
      path: "/v1/notices",
      async answer({ query }): Promise<readonly NoticeView[]> {
        const environment = query.get("environment") ?? undefined;
        return noticesOf(store, query.get("product") ?? "", environment);
      },
    },
    {
      method: "GET",
      path: "/v1/silences",
      answer: ({ query }): readonly SilenceView[] => silencesOf(asked(query), Date.now()),
    },
    {
      method: "POST",
      path: "/v1/silences",
      async answer({ body, line }) {
        const one = said(body);
        const alert = textOf(body, "alert");
        const silence = await beginSilence(platform, one, { asked: body, by });
        line({ ok: true, said: `${alert} is silent in ${one.key} ${silence.when}`, silence });
      },
    },
    {
      method: "POST",
      path: "/v1/silences/end",
      async answer({ body, line }) {
        const id = textOf(body, "id");
        await endSilence(platform, said(body), { id, by });
        line({ ok: true, said: `the silence ${id} is over` });
      },
    },
    {
      method: "POST",
      path: "/v1/alerts/ack",
      async answer({ body, line }) {
        const fingerprint = textOf(body, "fingerprint");
        const reason = typeof body["reason"] === "string" ? body["reason"] : undefined;
        await acknowledge(platform, said(body), { fingerprint, by, reason });
        line({ ok: true, said: `${by.name} has ${fingerprint} in hand` });
      },
    },
    {
      method: "POST",
      path: "/v1/alerts/test",
      async answer({ body, line, signal }) {
        const one = said(body);
        await testChannel(one, textOf(body, "channel"), { platform, watch, line, signal, by });
      },
    },
  ];
}
