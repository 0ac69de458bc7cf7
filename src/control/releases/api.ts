import { randomUUID } from "node:crypto";
import type { Actor, Command } from "../../delivery/machine.ts";
import type { Release } from "../../delivery/release.ts";
import { ConflictError, GantryError, UserError } from "../../lib/errors.ts";
import { shown } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { Progress } from "../../wire/up.ts";
import type { Control } from "../control.ts";
import { environmentsOf } from "../environments-of.ts";
import { textOf } from "../watching/watched-in.ts";
import { actorOf } from "./actor-of.ts";
import type { OpenLink } from "./approval-links.ts";
import { planRelease, retryRelease, startRelease } from "./begin.ts";
import { findRelease } from "./find-run.ts";
import type { Wanted } from "./make-release.ts";
import { materialOf } from "./material.ts";
import { rolesOf } from "./roles.ts";
import { rollBack } from "./roll-back.ts";
import type { Forced } from "./way-back.ts";

// What may be asked of releases, and said to them.

const verbs = ["promote", "promote-full", "pause", "resume", "abort", "retry", "skip", "approve", "reject"];
const mostServices = 100;

export function releasesApi(control: Control): readonly Endpoint[] {
  const { platform, engine, oneAtATime } = control;
  const { store } = platform;
  return [
    {
      method: "POST",
      path: "/v1/releases",
      async answer({ body, line }) {
        const [environment] = environmentsOf([body["environment"]]);
        if (environment === undefined) throw new UserError("usage", "a release goes to an environment");
        const asked = {
          environment,
          root: textOf(body, "root"),
          wanted: wantedOf(body["services"]),
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
        findRelease(control, query.get("product") ?? "", {
          id: query.get("id") ?? undefined,
          environment: query.get("environment") ?? undefined,
        }),
    },
    {
      method: "GET",
      path: "/v1/releases/links",
      async answer({ query }): Promise<readonly OpenLink[]> {
        const release = await findRelease(control, query.get("product") ?? "", { id: query.get("id") ?? undefined });
        return platform.approvalLinks.ofRelease(release, Date.now());
      },
    },
    {
      method: "POST",
      path: "/v1/releases/follow",
      async answer({ body, line, signal }) {
        const release = await findRelease(control, textOf(body, "product"), { id: textOf(body, "id") });
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
        const release = await findRelease(control, textOf(body, "product"), {
          id: text(body["id"]),
          environment: text(body["environment"]),
        });
        const material = await materialOf(store, release.id);
        const command = commandOf(body, actorOf(body["by"], platform.actor), material?.environment);
        if (command.verb === "retry" && material === undefined)
          throw new ConflictError("not-tried-again", `what release ${release.id} was made of is not kept any more`, {
            hint: "gantry release begins a new one",
          });
        if (command.verb === "retry" && material !== undefined)
          return oneAtATime(release.environment, async () => {
            const next = await retryRelease(control, release, material, command);
            return { release: next.id, ok: true, because: `begun anew as ${next.id}` };
          });
        refuseOthers(release, command);
        const reply = await engine.command(release.id, command);
        if (reply === undefined)
          throw new GantryError("not-reachable", `nobody has answered for release ${release.id} yet`, {
            hint: "it is read all the same: gantry rollout status shows what became of it",
          });
        return { release: release.id, ...reply };
      },
    },
    {
      method: "POST",
      path: "/v1/rollback",
      async answer({ body }) {
        const product = textOf(body, "product");
        const key = textOf(body, "environment");
        const services = Array.isArray(body["services"]) ? body["services"].slice(0, mostServices).map(String) : [];
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
  if (!Array.isArray(given) || given.length === 0 || given.length > mostServices)
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

function commandOf(body: Readonly<Record<string, unknown>>, by: Actor, environment: Environment | undefined): Command {
  const verb = textOf(body, "verb");
  if (!verbs.includes(verb)) throw new UserError("usage", `a release knows no ${shown(verb)}`);
  const { step } = body;
  const reason = reasonOf(body);
  return {
    id: text(body["command"]) ?? randomUUID(),
    atMs: Date.now(),
    by,
    verb,
    ...(environment === undefined ? {} : { roles: rolesOf(environment, by.name) }),
    ...(typeof step === "number" ? { step } : {}),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Whoever may not say yes hears it at once, and with another status than whoever comes too late. */
function refuseOthers({ plan, at }: Release, { verb, by, roles = [] }: Command): void {
  if (verb !== "approve" && verb !== "reject") return;
  const asked = plan.steps[at]?.gates.flatMap((gate) => (gate.gate === "approval" ? [gate.role] : [])) ?? [];
  if (asked.length === 0 || asked.some((role) => roles.includes(role))) return;
  throw new UserError("not-your-role", `${by.name} is not of ${asked.join(" or ")}, who have to say it`, {
    hint: "the roles of the spec name their members; --as says who you are",
  });
}

function forcedOf(body: Readonly<Record<string, unknown>>, by: Actor): Forced | undefined {
  return body["force"] === true ? { by, reason: reasonOf(body) } : undefined;
}

const longestReason = 500;

function reasonOf(body: Readonly<Record<string, unknown>>): string | undefined {
  return text(body["reason"])?.slice(0, longestReason);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
