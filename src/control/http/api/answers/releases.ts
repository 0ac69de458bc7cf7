import type { Answer } from "../../../../delivery/gate.ts";
import type { Actor } from "../../../../delivery/machine.ts";
import type { Release } from "../../../../delivery/release.ts";
import { ConflictError, UserError } from "../../../../lib/errors.ts";
import type { Environment } from "../../../../spec/environment.ts";
import type { RunHead, RunRow } from "../../../../store/runs.ts";
import type { Store } from "../../../../store/store.ts";
import type { Control } from "../../../control.ts";
import type { Desk } from "../../../engine/ask.ts";
import { planRelease, startRelease } from "../../../releases/begin.ts";
import { findRelease } from "../../../releases/find-run.ts";
import { rowOf as platformRow, servingOf } from "../../../releases/make-release.ts";
import { materialOf } from "../../../releases/material.ts";
import { rollBack } from "../../../releases/roll-back.ts";
import { sayToRelease } from "../../../releases/say.ts";
import { type Asker, actorOfAsker, may, require } from "../asker.ts";
import type { Part } from "../handler.ts";
import { gatesSaid } from "../gates-said.ts";
import { linesOf } from "../release-lines.ts";
import { viewOfRelease, wholeLineOf } from "../release-view.ts";
import { rightOfVerb, verbsFor } from "../verbs-for.ts";
import { verbsNow } from "../verbs-now.ts";

type Kept = Pick<Store, "runs" | "revisions" | "releases" | "events">;

/** How releases stand, by their rows: any server answers it. */
export function releaseReads(
  store: Kept,
  read: Desk["read"],
): Part<
  | "GET /v1/products/{product}/releases"
  | "GET /v1/products/{product}/release"
  | "GET /v1/products/{product}/environments/{environment}/releases/{release}"
> {
  const { runs } = store;
  const shownTo = async (asker: Asker, row: RunRow) => {
    const release = read(row) as Release;
    const { product, environment, phase } = release;
    const [material, said, serves] = await Promise.all([
      materialOf(store, release.id),
      gatesSaid(store, release, row.version),
      phase === "healthy" ? isServing(store, release) : undefined,
    ]);
    const nowMs = Date.now();
    const offers = verbsNow(release, nowMs).filter(({ verb }) => verb !== "rollback" || serves === true);
    const roles = material?.environment.roles ?? {};
    const forThem = verbsFor(offers, asker, { where: { product, environment }, roles });
    return viewOfRelease(release, { version: row.version, nowMs, ...said, ...forThem });
  };
  return {
    "GET /v1/products/{product}/releases": async ({ asker, params: { product }, query }) => {
      const { limit, environment } = query;
      const which = {
        kind: "release",
        limit,
        unfinished: query.unfinished === "true",
        ...(query.cursor === undefined ? {} : { before: query.cursor }),
        ...(environment === undefined ? {} : { environment }),
      };
      const isSeen = ({ environment: of }: RunHead) => may(asker, "read", { product, environment: of });
      const ending = (rows: readonly RunHead[]) => (rows.length < limit ? {} : { next: rows.at(-1)?.number });
      if (query.whole === "true") {
        const rows = await runs.list(product, which);
        return { items: rows.filter(isSeen).map((row) => wholeLineOf(read(row) as Release)), ...ending(rows) };
      }
      const heads = await runs.heads(product, which);
      return { items: await linesOf({ runs, read }, heads.filter(isSeen)), ...ending(heads) };
    },
    "GET /v1/products/{product}/release": async ({ asker, params: { product }, query, etag }) => {
      // What may not be seen is not there.
      const isSeen = (environment: string) => may(asker, "read", { product, environment });
      const { id: release, environment } = await findRelease({ runs, read }, product, { ...query, isSeen });
      const row = await runOf(runs, { product, environment, release });
      etag(row.version);
      return shownTo(asker, row);
    },
    "GET /v1/products/{product}/environments/{environment}/releases/{release}": async ({ asker, params, etag }) => {
      const row = await runOf(runs, params);
      etag(row.version);
      return shownTo(asker, row);
    },
  };
}

export function releaseAnswers(
  control: Control,
): Part<
  | "POST /v1/products/{product}/environments/{environment}/releases"
  | "POST /v1/products/{product}/environments/{environment}/releases/{release}/commands"
  | "POST /v1/products/{product}/environments/{environment}/rollback"
> {
  const { engine, platform, oneAtATime } = control;
  const { runs } = platform.store;
  return {
    "POST /v1/products/{product}/environments/{environment}/releases": async ({ asker, params, body }) => {
      const { product, environment: key } = params;
      // What the environment is was said by whoever brought it up: nobody says it anew over the network.
      const environment = (await platformRow(platform, product, key)).data as Environment;
      const asked = {
        environment,
        root: platform.place.root,
        wanted: body.services.map(({ service, version }) => ({ service, ...(version === undefined ? {} : { version }) })),
        version: body.version,
        by: actorOfAsker(asker, body.as),
        ...(body.reason === undefined ? {} : { why: body.reason }),
        tell: () => {},
      };
      const forced = body.force === true ? { by: asked.by, reason: body.reason } : undefined;
      return oneAtATime(key, async () => {
        const made = body.dryRun === true ? await planRelease(control, asked) : await startRelease(control, asked, forced);
        return {
          ...(body.dryRun === true || made.release.changes.length === 0 ? {} : { release: made.release.id }),
          says: made.says,
          unchanged: made.unchanged,
          expects: made.expects,
          made: wholeLineOf(made.release),
          ...("answers" in made ? { answers: made.answers as Readonly<Record<string, Answer>> } : {}),
        };
      });
    },
    "POST /v1/products/{product}/environments/{environment}/releases/{release}/commands": async (given) => {
      const { asker, params, body, ifMatch, idempotencyKey } = given;
      const { product, environment } = params;
      require(asker, rightOfVerb(body.verb), { product, environment });
      const by = actorOfAsker(asker, body.as);
      const row = await runOf(runs, params);
      if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== row.version)
        throw new ConflictError("changed-since", "the release has changed since it was seen", {
          hint: "look again, and then say it",
        });
      const release = engine.read(row) as Release;
      if (body.verb === "rollback") {
        if (release.phase === "healthy" && body.further !== true && !(await isServing(platform.store, release)))
          return {
            release: release.id,
            ok: false,
            because: "what it brought does not serve any more: go back from what serves now",
          };
        const services = release.changes.map(({ service }) => service);
        const asked = { ...backOf(body, by), product, key: environment, services };
        const { release: back, how } = await oneAtATime(environment, () => rollBack(control, asked));
        const because = {
          aborted: "it is taken back",
          begun: `goes back as ${back.id}`,
          "back already": `${back.id} goes back already`,
        };
        return { release: back.id, ok: true, because: because[how] };
      }
      return sayToRelease(control, release, {
        verb: body.verb,
        by,
        reason: body.reason,
        step: body.step,
        id: idempotencyKey === undefined ? undefined : `${asker.id} ${idempotencyKey}`.slice(0, 200),
      });
    },
    "POST /v1/products/{product}/environments/{environment}/rollback": async ({ asker, params, body }) => {
      const { product, environment: key } = params;
      const asked = { ...backOf(body, actorOfAsker(asker, body.as)), product, key, services: body.services };
      const { release, how } = await oneAtATime(key, () => rollBack(control, asked));
      return { release: release.id, how };
    },
  };
}

/** Whether what it brought serves: only then is going back from it what whoever looks at it means. */
async function isServing(store: Pick<Store, "revisions">, { product, environment, changes }: Release): Promise<boolean> {
  const serving = await servingOf({ store }, product, environment);
  return changes.every(({ service, to }) => serving.get(service) === to);
}

type At = { readonly product: string; readonly environment: string; readonly release: string };

async function runOf(runs: Store["runs"], { product, environment, release }: At): Promise<RunRow> {
  const row = await runs.get(release);
  if (row?.product === product && row.environment === environment && row.kind === "release") return row;
  throw new UserError("unknown-run", `${environment} has no release ${release}`);
}

function backOf(
  {
    reason,
    force,
    further,
  }: Readonly<{ reason?: string | undefined; force?: boolean | undefined; further?: boolean | undefined }>,
  by: Actor,
) {
  return { by, reason, forced: force === true ? { by, reason } : undefined, further: further === true };
}
