import { UserError } from "../../lib/errors.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { AlertView, NoticeView, SilenceView } from "../../wire/signals.ts";
import type { Notice } from "../notices/notice.ts";
import type { Platform } from "../platform.ts";
import { alertViews } from "./alert-views.ts";
import type { EnvironmentWatch } from "./environment-watch.ts";
import { silenceFrom, silenceView } from "./silence-words.ts";
import { testChannel } from "./test-channel.ts";
import { textOf, watchedIn } from "./watched-in.ts";
import type { Watch } from "./watch.ts";

// What may be asked of alerts, and said to them.

export function alertsApi(platform: Platform, watch: Watch): readonly Endpoint[] {
  const { store } = platform;
  const { asked, said } = watchedIn(watch);
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
        const rows = await store.notices.list(query.get("product") ?? "", environment === undefined ? {} : { environment });
        return rows.map((row) => {
          const body = row.body as Notice;
          return {
            id: row.id,
            environment: row.environment,
            channel: row.channel,
            status: body.status,
            title: body.title,
            state: row.state,
            attempts: row.attempts,
            ...(row.problem === null ? {} : { problem: row.problem }),
            createdAt: row.createdAt.toISOString(),
            ...(row.endedAt === null ? {} : { endedAt: row.endedAt.toISOString() }),
          };
        });
      },
    },
    {
      method: "GET",
      path: "/v1/silences",
      answer({ query }): readonly SilenceView[] {
        const one = asked(query);
        const nowMs = Date.now();
        return Object.values(one.state().desk.silences).map((silence) => silenceView(silence, one.key, nowMs));
      },
    },
    {
      method: "POST",
      path: "/v1/silences",
      async answer({ body, line }) {
        const one = said(body);
        const silence = silenceFrom(body, one, platform.actor, Date.now());
        await one.silence(silence);
        await event(one, "alert.silenced", textOf(body, "alert"), {
          until: new Date(silence.untilMs).toISOString(),
          reason: silence.reason,
        });
        const view = silenceView(silence, one.key, Date.now());
        line({ ok: true, said: `${textOf(body, "alert")} is silent in ${one.key} ${view.when}`, silence: view });
      },
    },
    {
      method: "POST",
      path: "/v1/silences/end",
      async answer({ body, line }) {
        const one = said(body);
        const id = textOf(body, "id");
        if (!(await one.unsilence(id)))
          throw new UserError("unknown-silence", `${one.key} has no silence ${JSON.stringify(id)}, or more than one`, {
            hint: "gantry alerts silences shows those there are",
          });
        await event(one, "alert.unsilenced", id, {});
        line({ ok: true, said: `the silence ${id} is over` });
      },
    },
    {
      method: "POST",
      path: "/v1/alerts/ack",
      async answer({ body, line }) {
        const one = said(body);
        const fingerprint = textOf(body, "fingerprint");
        if (!(await one.acknowledge(fingerprint, platform.actor, Date.now())))
          throw new UserError("unknown-alert", `nothing fires in ${one.key} under ${JSON.stringify(fingerprint)}`, {
            hint: "gantry alerts shows what fires, with its fingerprint",
          });
        await event(one, "alert.acknowledged", fingerprint, typeof body["reason"] === "string" ? { reason: body["reason"] } : {});
        line({ ok: true, said: `${platform.actor} has ${fingerprint} in hand` });
      },
    },
    {
      method: "POST",
      path: "/v1/alerts/test",
      async answer({ body, line, signal }) {
        const one = said(body);
        await testChannel(one, textOf(body, "channel"), { platform, watch, line, signal });
      },
    },
  ];

  async function event(one: EnvironmentWatch, kind: string, subject: string, data: object): Promise<void> {
    await store.addEvent({
      product: one.environment.product,
      environment: one.key,
      kind,
      actor: platform.actor,
      actorKnown: "login",
      subject,
      data,
    });
  }
}
