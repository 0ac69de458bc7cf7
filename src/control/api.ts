import { UserError } from "../lib/errors.ts";
import type { Endpoint } from "../system/json-server.ts";
import type { PreviewView, Progress } from "../wire/up.ts";
import { allOrTheFirstFailure } from "./all-or-first.ts";
import type { Control } from "./control.ts";
import { environmentsOf } from "./environments-of.ts";
import { platformKey } from "./facilities.ts";
import { gameDaysApi } from "./game-days/api.ts";
import { addPreview, removePreview } from "./preview-words.ts";
import { keepOrigins } from "./origins.ts";
import { listPreviews, takeDown } from "./previews.ts";
import { actorOf } from "./releases/actor-of.ts";
import { restartServices } from "./restart.ts";
import { scheduleViews } from "./schedules/schedule-views.ts";
import { schedulesOf } from "./schedules/wanted.ts";
import { statusNow } from "./status-now.ts";
import { prepareEnvironmentTemplates } from "../targets/local/providers/postgres.ts";
import { neededAtSpeed } from "./releases/expectations.ts";
import { releasesApi } from "./releases/api.ts";
import { migrateApi } from "./releases/migrate-api.ts";
import { freezesApi } from "./releases/freezes-api.ts";
import { endReleases, endWatching } from "./releases/give-way.ts";
import { reportsApi } from "./releases/reports-api.ts";
import { snapshotsApi } from "./releases/snapshots-api.ts";
import { bringUp } from "./up.ts";
import { alertsApi } from "./watching/alerts-api.ts";
import { watchingApi } from "./watching/api.ts";

// What the command line may ask of the server of a local platform.

export function controlApi(control: Control): readonly Endpoint[] {
  const { platform, scheduler, watch, oneAtATime } = control;
  const { store, agent } = platform;
  /** Takes its turn, and says so when it has to wait for it. */
  const waiting = <T>(key: string, tell: (progress: Progress) => void, work: () => Promise<T>): Promise<T> => {
    if (control.isBusy(key))
      tell({ kind: "note", environment: key, text: "somebody else is changing it: this waits for its turn" });
    return oneAtATime(key, work);
  };
  return [
    ...watchingApi(platform, watch),
    ...alertsApi(platform, watch),
    ...releasesApi(control),
    ...migrateApi(control),
    ...reportsApi(control),
    ...freezesApi(control),
    ...snapshotsApi(control),
    ...gameDaysApi(control),
    { method: "GET", path: "/v1/health", answer: () => ({ ok: true, pid: process.pid, build: control.build }) },
    {
      method: "POST",
      path: "/v1/up",
      async answer({ body, line, signal }) {
        const tell = (progress: Progress) => line(progress);
        const environments = environmentsOf(body["environments"]);
        const speed = typeof body["speed"] === "number" && body["speed"] >= 1 ? body["speed"] : 1;
        const origins = (body["origins"] ?? {}) as Readonly<Record<string, unknown>>;
        for (const one of environments) await keepOrigins(store, one, origins[one.environment]);
        const root = typeof body["root"] === "string" ? body["root"] : platform.place.root;
        for (const { what, ms } of platform.takeStarted())
          tell({ kind: "step", environment: "", subject: "gantry", did: what, ms });
        await allOrTheFirstFailure(
          environments.map((environment) =>
            waiting(environment.environment, tell, async () => {
              const key = environment.environment;
              await endWatching(control, environment.product, key);
              const summary = await bringUp(platform, { environment, key, root, speed, tell, signal });
              await scheduler.set(environment.product, key, schedulesOf(environment));
              const { asked, effective, because } = await watch.set(key, environment, speed);
              const needed = neededAtSpeed(environment, effective);
              if (needed !== undefined && !summary.unchanged) tell({ kind: "note", environment: key, text: needed });
              tell({ kind: "up", summary: { ...summary, ...(because && { signals: { asked, effective, because } }) } });
              // The first preview should find its template; nobody waits for it now.
              if (environment.previews !== undefined && !summary.unchanged)
                control.inBackground(() => prepareEnvironmentTemplates(platform.place, environment));
            }),
          ),
        );
      },
    },
    {
      method: "POST",
      path: "/v1/down",
      async answer({ body, line }) {
        const product = text(body, "product");
        const tell = (progress: Progress) => line(progress);
        const rows = await store.environments(product);
        const asked = Array.isArray(body["environments"]) ? body["environments"].map(String) : rows.map((one) => one.name);
        const data = body["data"] === true;
        const keys = rows
          .filter((one) => asked.includes(one.name) || (one.previewOf !== null && asked.includes(one.previewOf)))
          .filter((one) => one.state !== "down" || data)
          .map((one) => one.name);
        await allOrTheFirstFailure(
          keys.map((key) =>
            oneAtATime(key, async () => {
              await endReleases(control, product, key);
              await scheduler.remove(product, key);
              await watch.remove(key, data);
              await takeDown(platform, { product, key, data, tell });
              // A preview that came while this waited for its turn.
              for (const row of await store.environments(product))
                if (row.previewOf === key && row.state !== "down" && !keys.includes(row.name))
                  await takeDown(platform, { product, key: row.name, data: true, tell });
            }),
          ),
        );
        const running = (await agent.state()).environments.filter((one) => one.environment !== platformKey);
        // What the agent runs and nobody knows of any more goes when everything goes.
        const everything = rows.every(
          (one) => one.state === "down" || asked.includes(one.name) || asked.includes(one.previewOf ?? ""),
        );
        for (const { environment } of everything
          ? running.filter((one) => !rows.some((row) => row.name === one.environment))
          : [])
          await agent.removeEnvironment(environment);
        const left = (await agent.state()).environments.filter((one) => one.environment !== platformKey);
        // Another may be coming up, of which the agent does not know yet.
        if (left.length > 0 || platform.atWork > 0) return;
        // Whoever runs `gantry server` on a database of theirs ends it themselves: others beside it would only begin all of it again.
        if (platform.hosting.database !== undefined) return;
        const nothingKept = data && (await store.environments(product)).length === 0;
        await control.engine.stop();
        await Promise.all([watch.stop(), scheduler.stop()]);
        await platform.stop();
        if (nothingKept) await platform.removeAll();
        tell({ kind: "step", environment: "", subject: "gantry", did: "stopped", ms: 0 });
        control.leave();
      },
    },
    {
      method: "GET",
      path: "/v1/status",
      answer: ({ query }) => statusNow(control, query.get("product") ?? ""),
    },
    {
      method: "POST",
      path: "/v1/restart",
      async answer({ body, line }) {
        const key = text(body, "environment");
        const product = watch.of(key)?.environment.product ?? "";
        await restartServices(control, {
          product,
          key,
          service: typeof body["service"] === "string" ? body["service"] : undefined,
          by: actorOf(body["by"], platform.actor),
          tell: (subject, ms) => line({ kind: "step", environment: key, subject, did: "restarted", ms }),
        });
      },
    },
    {
      method: "GET",
      path: "/v1/previews",
      answer: ({ query }): Promise<readonly PreviewView[]> => listPreviews(platform, query.get("product") ?? ""),
    },
    {
      method: "POST",
      path: "/v1/previews",
      async answer({ body, line }) {
        const [environment] = environmentsOf([body["environment"]]);
        if (!environment) throw new UserError("usage", "a preview is of an environment");
        await keepOrigins(store, environment, body["origins"]);
        const tell = (progress: Progress) => line(progress);
        const summary = await addPreview(control, {
          name: text(body, "name"),
          environment,
          root: text(body, "root"),
          ttlMs: typeof body["ttlMs"] === "number" ? body["ttlMs"] : undefined,
          fresh: body["fresh"] === true,
          wait: body["wait"] === true,
          by: actorOf(body["by"], platform.actor),
          tell,
        });
        tell({ kind: "up", summary });
      },
    },
    {
      method: "POST",
      path: "/v1/previews/remove",
      answer: ({ body, line }) =>
        removePreview(control, {
          product: text(body, "product"),
          name: text(body, "name"),
          of: typeof body["of"] === "string" ? body["of"] : undefined,
          by: actorOf(body["by"], platform.actor),
          tell: (progress) => line(progress),
        }),
    },
    {
      method: "GET",
      path: "/v1/schedules",
      answer: ({ query }) => scheduleViews(store, query.get("product") ?? "", query.get("environment") ?? undefined),
    },
    {
      method: "GET",
      path: "/v1/events",
      answer: ({ query }) => {
        const limit = Math.min(1_000, Math.max(1, Number(query.get("limit") ?? 200) || 200));
        const said = (name: string) => query.get(name) ?? undefined;
        const [environment, run, kinds, before] = [said("environment"), said("run"), said("kinds"), said("before")];
        return store.events(query.get("product") ?? "", {
          limit,
          ...(environment === undefined ? {} : { environment }),
          ...(run === undefined ? {} : { run }),
          ...(kinds === undefined ? {} : { kinds: kinds.split(",") }),
          ...(before !== undefined && /^\d{1,18}$/.test(before) ? { before } : {}),
        });
      },
    },
  ];
}

function text(body: Readonly<Record<string, unknown>>, key: string): string {
  const value = body[key];
  if (typeof value !== "string" || value === "") throw new UserError("usage", `${key} is to be given`);
  return value;
}
