import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Actor } from "../../delivery/machine.ts";
import { UserError } from "../../lib/errors.ts";
import { printable } from "../../lib/text.ts";
import { type Elsewhere, onlyHere } from "./elsewhere.ts";
import { releaseOf, stateOf } from "./reads.ts";

type Body = Readonly<Record<string, unknown>>;
type Word = (elsewhere: Elsewhere, body: Body, signal?: AbortSignal) => AsyncIterable<unknown>;

/** What commands say, each with what the socket of a platform tells of it. Said once, it is done once, whatever breaks off. */
export const words: Readonly<Record<string, Word>> = {
  async *"/v1/releases"({ api, product, server }, body) {
    const services = (body["services"] as readonly { service: string; version?: string; folder?: string }[]).map((one) => {
      if (one.folder !== undefined) throw onlyHere(server, "releasing a folder");
      return { service: one.service, ...(one.version === undefined ? {} : { version: one.version }) };
    });
    const environment = text(body, "environment") ?? "";
    const key = "POST /v1/products/{product}/environments/{environment}/releases";
    const dryRun = body["dryRun"] === true;
    const asked = {
      services,
      dryRun,
      ...flags(body, "force"),
      ...optional({ version: text(body, "version"), reason: text(body, "reason"), as: asOf(body) }),
    };
    const { made, says, unchanged, expects, answers } = await api(key, { params: { product, environment }, body: asked }, once());
    if (made === undefined)
      throw new UserError("newer-state", "that server is of another version: it does not say what it makes");
    const release = stateOf(made);
    yield { kind: dryRun ? "plan" : "begun-release", release, unchanged, says, expects: expects ?? [], ...optional({ answers }) };
  },

  async *"/v1/releases/command"(elsewhere, body) {
    const { id: release, environment } = await releaseOf(elsewhere, {
      id: text(body, "id"),
      environment: text(body, "environment"),
    });
    const key = "POST /v1/products/{product}/environments/{environment}/releases/{release}/commands";
    const verb = body["verb"] as "pause";
    const step = typeof body["step"] === "number" ? body["step"] : undefined;
    const said = { verb, ...optional({ step, reason: text(body, "reason"), as: asOf(body) }) };
    yield await elsewhere.api(key, { params: { product: elsewhere.product, environment, release }, body: said }, once());
  },

  async *"/v1/releases/follow"(elsewhere, body, signal) {
    let before = "";
    for (;;) {
      const release = await releaseOf(elsewhere, { id: text(body, "id") });
      const seen = JSON.stringify(release);
      const ended = release.endedAtMs !== undefined;
      if (seen !== before) yield { kind: "seen", release, ended, links: [] };
      if (ended) return;
      before = seen;
      await sleep(lookEveryMs, undefined, signal === undefined ? {} : { signal });
    }
  },

  async *"/v1/rollback"(elsewhere, body) {
    const key = "POST /v1/products/{product}/environments/{environment}/rollback";
    const services = (body["services"] as readonly string[]).slice();
    const said = { services, ...flags(body, "force", "further"), ...optional({ reason: text(body, "reason"), as: asOf(body) }) };
    const { release, how } = await elsewhere.api(key, { ...at(elsewhere, body), body: said }, once());
    yield { release: await releaseOf(elsewhere, { id: release }), how };
  },

  async *"/v1/freezes"(elsewhere, body) {
    const key = "POST /v1/products/{product}/environments/{environment}/freezes";
    const said = {
      because: text(body, "because") ?? "",
      forMs: Number(body["forMs"]),
      ...optional({ lifts: text(body, "lifts"), stops: body["stops"] as "release"[] | undefined, as: asOf(body) }),
    };
    yield await elsewhere.api(key, { ...at(elsewhere, body), body: said }, once());
  },

  async *"/v1/freezes/end"(elsewhere, body) {
    const id = text(body, "id") ?? "";
    const { params } = at(elsewhere, body);
    refuseOthers(body);
    await elsewhere.api(
      "DELETE /v1/products/{product}/environments/{environment}/freezes/{id}",
      { params: { ...params, id } },
      once(),
    );
    yield { id };
  },

  async *"/v1/silences"(elsewhere, body) {
    const { product: _, environment, ...asked } = body;
    const key = "POST /v1/products/{product}/environments/{environment}/silences";
    const silence = await elsewhere.api(key, { ...at(elsewhere, body), body: asked as never }, once());
    yield { ok: true, said: `${String(body["alert"])} is silent in ${String(environment)} ${silence.when}`, silence };
  },

  async *"/v1/silences/end"(elsewhere, body) {
    const id = text(body, "id") ?? "";
    const { params } = at(elsewhere, body);
    await elsewhere.api(
      "DELETE /v1/products/{product}/environments/{environment}/silences/{id}",
      { params: { ...params, id } },
      once(),
    );
    yield { ok: true, said: `the silence ${id} is over` };
  },

  async *"/v1/alerts/ack"(elsewhere, body) {
    const id = text(body, "fingerprint") ?? "";
    const { params } = at(elsewhere, body);
    const key = "POST /v1/products/{product}/environments/{environment}/alerts/{id}/acknowledgements";
    const said = optional({ reason: text(body, "reason") });
    await elsewhere.api(key, { params: { ...params, id }, body: said }, once());
    const { name } = await elsewhere.api("GET /v1/whoami");
    yield { ok: true, said: `${name} has ${id} in hand` };
  },

  async *"/v1/alerts/test"(elsewhere, body) {
    const { params } = at(elsewhere, body);
    const key = "POST /v1/products/{product}/environments/{environment}/channels/{name}/test";
    yield await elsewhere.api(key, { params: { ...params, name: text(body, "channel") ?? "" }, body: {} }, once());
  },

  async *"/v1/snapshots/restore"(elsewhere, body) {
    const { params } = at(elsewhere, body);
    const key = "POST /v1/products/{product}/environments/{environment}/snapshots/{name}/restore";
    const given = { params: { ...params, name: text(body, "snapshot") ?? "" }, body: optional({ as: asOf(body) }) };
    yield await elsewhere.api(key, given, once());
  },

  async *"/v1/restart"(elsewhere, body) {
    const { params } = at(elsewhere, body);
    const service = text(body, "service");
    let restarted: readonly string[] = [];
    if (service === undefined) {
      const key = "POST /v1/products/{product}/environments/{environment}/restart";
      ({ restarted } = await elsewhere.api(key, { params, body: {} }, once()));
    } else {
      const key = "POST /v1/products/{product}/environments/{environment}/services/{service}/restart";
      await elsewhere.api(key, { params: { ...params, service }, body: {} }, once());
      restarted = [service];
    }
    for (const subject of restarted) yield { kind: "step", environment: params.environment, subject, did: "restarted", ms: 0 };
  },

  async *"/v1/previews"(elsewhere, body) {
    const key = "POST /v1/products/{product}/environments/{environment}/previews";
    const ttlMs = typeof body["ttlMs"] === "number" ? body["ttlMs"] : undefined;
    const asked = { name: text(body, "name") ?? "", ...flags(body, "fresh", "wait"), ...optional({ ttlMs, as: asOf(body) }) };
    yield { kind: "up", summary: await elsewhere.api(key, { ...at(elsewhere, body), body: asked }, once()) };
  },

  async *"/v1/previews/remove"(elsewhere, body) {
    const { api, product } = elsewhere;
    const [name, of] = [text(body, "name") ?? "", text(body, "of")];
    const { items } = await api("GET /v1/products/{product}/environments", { params: { product } });
    const found = items.filter(
      ({ environment, previewOf }) =>
        environment.endsWith(`.${name}`) && (of === undefined ? previewOf !== undefined : previewOf === of),
    );
    const [one, another] = found;
    if (one?.previewOf === undefined || another !== undefined)
      throw new UserError(
        "unknown-preview",
        another === undefined
          ? `there is no preview ${printable(name)}`
          : `${printable(name)} is a preview of ${found.map(({ previewOf }) => previewOf).join(" and of ")}`,
        {
          hint:
            another === undefined ? "gantry preview list shows those there are" : `say which: --env ${String(one?.previewOf)}`,
        },
      );
    const params = { product, environment: one.previewOf, name };
    await api("DELETE /v1/products/{product}/environments/{environment}/previews/{name}", { params }, once());
    yield { kind: "down", environment: one.environment };
  },

  async *"/v1/reports"({ api, product }, body) {
    const said = {
      check: text(body, "check") ?? "",
      versions: (body["versions"] as readonly string[]).slice(),
      ...(typeof body["text"] === "string" ? { text: body["text"] } : { ok: body["ok"] === true }),
      ...optional({ as: asOf(body) }),
    };
    yield await api("POST /v1/products/{product}/reports", { params: { product }, body: said }, once());
  },
};

const lookEveryMs = 500;

/** A connection that breaks off says nothing of whether it was done: asked again with the same key, it is not done twice. */
function once() {
  return { idempotencyKey: randomUUID() };
}

function at({ product }: Elsewhere, body: Body) {
  return { params: { product, environment: text(body, "environment") ?? "" } };
}

function text(body: Body, key: string): string | undefined {
  const value = body[key];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Over the network everybody is known: a pipeline by its token, and nobody speaks in another's name without being told so. */
function asOf(body: Body): string | undefined {
  const { kind, name } = (body["by"] ?? {}) as Partial<Actor>;
  return kind === "person" ? name : undefined;
}

function refuseOthers(body: Body): void {
  if (asOf(body) !== undefined)
    throw new UserError("no-right", "nobody speaks in another's name over the network", {
      hint: "leave --as out: you are known",
    });
}

function flags<Name extends string>(body: Body, ...names: readonly Name[]): Partial<Record<Name, true>> {
  return Object.fromEntries(names.filter((name) => body[name] === true).map((name) => [name, true])) as Partial<
    Record<Name, true>
  >;
}

type Said<T> = { readonly [Key in keyof T]?: Exclude<T[Key], undefined> };

/** What was said of it, and nothing else. */
function optional<T extends object>(values: T): Said<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Said<T>;
}
