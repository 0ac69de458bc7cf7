import type { Right } from "../../../../api/rights.ts";
import type { Answer } from "../../../../delivery/gate.ts";
import type { Release } from "../../../../delivery/release.ts";
import { ConflictError, UserError } from "../../../../lib/errors.ts";
import type { Environment } from "../../../../spec/environment.ts";
import type { RunRow } from "../../../../store/runs.ts";
import type { Control } from "../../../control.ts";
import { planRelease, startRelease } from "../../../releases/begin.ts";
import { rowOf as platformRow } from "../../../releases/make-release.ts";
import { rollBack } from "../../../releases/roll-back.ts";
import { sayToRelease } from "../../../releases/say.ts";
import { actorOfAsker, may, require } from "../asker.ts";
import type { Part } from "../handler.ts";
import { lineOf, viewOfRelease } from "../release-view.ts";
import type { Verb } from "../verbs-now.ts";

export function releaseAnswers(
  control: Control,
): Part<
  | "GET /v1/products/{product}/releases"
  | "GET /v1/products/{product}/environments/{environment}/releases/{release}"
  | "POST /v1/products/{product}/environments/{environment}/releases"
  | "POST /v1/products/{product}/environments/{environment}/releases/{release}/commands"
> {
  const { engine, platform, oneAtATime } = control;
  const { runs } = platform.store;
  type At = { readonly product: string; readonly environment: string; readonly release: string };
  const rowOf = async ({ product, environment, release }: At): Promise<RunRow> => {
    const row = await runs.get(release);
    if (row?.product === product && row.environment === environment && row.kind === "release") return row;
    throw new UserError("unknown-run", `${environment} has no release ${release}`);
  };
  return {
    "GET /v1/products/{product}/releases": async ({ asker, params: { product }, query }) => {
      const { limit, environment } = query;
      const rows = await runs.list(product, {
        kind: "release",
        limit,
        unfinished: query.unfinished === "true",
        ...(query.cursor === undefined ? {} : { before: query.cursor }),
        ...(environment === undefined ? {} : { environment }),
      });
      const seen = rows.filter((row) => may(asker, "read", { product, environment: row.environment }));
      const last = rows.length < limit ? undefined : rows.at(-1)?.number;
      return { items: seen.map((row) => lineOf(engine.read(row) as Release)), ...(last === undefined ? {} : { next: last }) };
    },
    "POST /v1/products/{product}/environments/{environment}/releases": async ({ asker, params, body }) => {
      const { product, environment: key } = params;
      // What the environment is was said by whoever brought it up: nobody says it anew over the network.
      const environment = (await platformRow(platform, product, key)).data as Environment;
      const asked = {
        environment,
        root: platform.place.root,
        wanted: body.services.map(({ service, version }) => ({ service, ...(version === undefined ? {} : { version }) })),
        by: actorOfAsker(asker, body.as),
        tell: () => {},
      };
      return oneAtATime(key, async () => {
        const made = body.dryRun === true ? await planRelease(control, asked) : await startRelease(control, asked);
        return {
          ...(body.dryRun === true || made.release.changes.length === 0 ? {} : { release: made.release.id }),
          says: made.says,
          unchanged: made.unchanged,
          ...("answers" in made ? { answers: made.answers as Readonly<Record<string, Answer>> } : {}),
        };
      });
    },
    "GET /v1/products/{product}/environments/{environment}/releases/{release}": async ({ params, etag }) => {
      const row = await rowOf(params);
      etag(row.version);
      return viewOfRelease(engine.read(row) as Release, row.version, Date.now());
    },
    "POST /v1/products/{product}/environments/{environment}/releases/{release}/commands": async (given) => {
      const { asker, params, body, ifMatch, idempotencyKey } = given;
      const { product, environment } = params;
      require(asker, rightOfVerb(body.verb), { product, environment });
      const by = actorOfAsker(asker, body.as);
      const row = await rowOf(params);
      if (ifMatch !== undefined && ifMatch !== "*" && ifMatch !== row.version)
        throw new ConflictError("changed-since", "the release has changed since it was seen", {
          hint: "look again, and then say it",
        });
      const release = engine.read(row) as Release;
      if (body.verb === "rollback") {
        const services = release.changes.map(({ service }) => service);
        const { reason } = body;
        const asked = { product, key: environment, services, by, reason, forced: undefined, further: false };
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
  };
}

export function rightOfVerb(verb: Verb): Right {
  return verb === "approve" || verb === "reject" ? "approve" : "operate";
}
