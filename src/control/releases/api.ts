import type { Actor } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";
import { UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { Progress } from "../../wire/up.ts";
import type { Control } from "../control.ts";
import { environmentsOf } from "../environments-of.ts";
import { keepOrigins } from "../origins.ts";
import { textOf } from "../watching/watched-in.ts";
import { actorOf } from "./actor-of.ts";
import type { OpenLink } from "./approval-links.ts";
import { planRelease, startRelease } from "./begin.ts";
import { findRelease } from "./find-run.ts";
import type { Wanted } from "./make-release.ts";
import { rollBack } from "./roll-back.ts";
import { longestReason, sayToRelease } from "./say.ts";
import type { Forced } from "./way-back.ts";

// What may be asked of releases, and said to them.

const mostServices = 100;

export function releasesApi(control: Control): readonly Endpoint[] {
  const { platform, engine, oneAtATime } = control;
  const { store } = platform;
  const desk = { runs: platform.store.runs, read: engine.read };
  return [
    {
      method: "POST",
      path: "/v1/releases",
      async answer({ body, line }) {
        const [environment] = environmentsOf([body["environment"]]);
        if (environment === undefined) throw new UserError("usage", "a release goes to an environment");
        await keepOrigins(store, environment, body["origins"]);
        const asked = {
          environment,
          root: textOf(body, "root"),
          wanted: wantedOf(body["services"]),
          version: typeof body["version"] === "string" && body["version"] !== "" ? body["version"] : undefined,
          by: actorOf(body["by"], platform.actor),
          why: reasonOf(body),
          tell: (progress: Progress) => line(progress),
        };
        await oneAtATime(environment.environment, async () => {
          if (body["dryRun"] === true) line({ kind: "plan", ...(await planRelease(control, asked)) });
          else line({ kind: "begun-release", ...(await startRelease(control, asked, forcedOf(body, asked.by))) });
        });
      },
    },
    {
      method: "GET",
      path: "/v1/releases",
      async answer({ query }): Promise<readonly Release[]> {
        const environment = query.get("environment") ?? undefined;
        const limit = Math.min(500, Math.max(1, Number(query.get("limit") ?? 20) || 20));
        const unfinished = query.get("unfinished") === "true";
        const rows = await store.runs.list(query.get("product") ?? "", {
          kind: "release",
          limit,
          unfinished,
          ...(environment === undefined ? {} : { environment }),
        });
        return rows.map((row) => engine.read(row) as Release);
      },
    },
    {
      method: "GET",
      path: "/v1/releases/one",
      answer: ({ query }): Promise<Release> =>
        findRelease(desk, query.get("product") ?? "", {
          id: query.get("id") ?? undefined,
          environment: query.get("environment") ?? undefined,
        }),
    },
    {
      method: "GET",
      path: "/v1/releases/links",
      async answer({ query }): Promise<readonly OpenLink[]> {
        const release = await findRelease(desk, query.get("product") ?? "", { id: query.get("id") ?? undefined });
        return platform.approvalLinks.ofRelease(release, Date.now());
      },
    },
    {
      method: "POST",
      path: "/v1/releases/follow",
      async answer({ body, line, signal }) {
        const release = await findRelease(desk, textOf(body, "product"), { id: textOf(body, "id") });
        for await (const { run, ended } of engine.watch(release.id, signal)) {
          const links = await platform.approvalLinks.ofRelease(run as Release, Date.now());
          line({ kind: "seen", release: run, ended, links });
        }
      },
    },
    {
      method: "POST",
      path: "/v1/releases/command",
      async answer({ body }) {
        const release = await findRelease(desk, textOf(body, "product"), {
          id: text(body["id"]),
          environment: text(body["environment"]),
        });
        const { step } = body;
        return sayToRelease(control, release, {
          verb: textOf(body, "verb"),
          by: actorOf(body["by"], platform.actor),
          id: text(body["command"]),
          step: typeof step === "number" ? step : undefined,
          reason: text(body["reason"]),
        });
      },
    },
    {
      method: "POST",
      path: "/v1/rollback",
      answer({ body }) {
        const services = Array.isArray(body["services"]) ? body["services"].slice(0, mostServices).map(String) : [];
        const product = textOf(body, "product");
        const key = textOf(body, "environment");
        const by = actorOf(body["by"], platform.actor);
        const reason = reasonOf(body);
        const forced = forcedOf(body, by);
        const further = body["further"] === true;
        return oneAtATime(key, () => rollBack(control, { product, key, services, by, reason, forced, further }));
      },
    },
    {
      method: "GET",
      path: "/v1/history",
      async answer({ query }) {
        const product = query.get("product") ?? "";
        const environment = query.get("environment") ?? "";
        const rows = await store.runs.list(product, { environment, kind: "release", limit: 50 });
        return {
          releases: rows.map((row) => engine.read(row) as Release),
          revisions: (await store.revisions(product, environment)).map((one) => ({
            service: one.service,
            revision: one.revision,
            artifact: one.artifact,
            createdAt: one.createdAt.toISOString(),
            serving: one.servingSince !== null && one.retiredAt === null,
            ...(one.servingSince === null ? {} : { servingSince: one.servingSince.toISOString() }),
            ...(one.retiredAt === null ? {} : { retiredAt: one.retiredAt.toISOString() }),
            ...(one.takenBackAt === null ? {} : { takenBackAt: one.takenBackAt.toISOString() }),
          })),
        };
      },
    },
  ];
}

function wantedOf(given: unknown): readonly Wanted[] {
  if (!Array.isArray(given) || given.length > mostServices)
    throw new UserError("usage", "a release is of services", { hint: "gantry release <service> --to <env>" });
  const wanted = given.map((one: Partial<Wanted> | null): Wanted => {
    if (typeof one?.service !== "string") throw new UserError("usage", "a service has a name");
    return {
      service: one.service,
      ...(typeof one.version === "string" ? { version: one.version } : {}),
      ...(typeof one.folder === "string" ? { folder: one.folder } : {}),
    };
  });
  const twice = wanted.find(({ service }, index) => wanted.findIndex((one) => one.service === service) !== index);
  if (twice !== undefined) throw new UserError("usage", `${shown(twice.service)} is asked for twice`);
  return wanted;
}

function forcedOf(body: Readonly<Record<string, unknown>>, by: Actor): Forced | undefined {
  return body["force"] === true ? { by, reason: reasonOf(body) } : undefined;
}

function reasonOf(body: Readonly<Record<string, unknown>>): string | undefined {
  return text(body["reason"])?.slice(0, longestReason);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
