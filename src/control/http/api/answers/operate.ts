import { seesProduct } from "../../../../api/rights.ts";
import { UserError } from "../../../../lib/errors.ts";
import { didYouMean } from "../../../../lib/nearest.ts";
import { onceFor } from "../../../../lib/once-for.ts";
import { shown } from "../../../../lib/text.ts";
import { refName } from "../../../../spec/derive.ts";
import { specWithoutSecrets } from "../../../../lib/secrets.ts";
import type { Environment } from "../../../../spec/environment.ts";
import type { Control } from "../../../control.ts";
import { originsView } from "../../../origins.ts";
import { addPreview, removePreview } from "../../../preview-words.ts";
import { listPreviews } from "../../../previews.ts";
import { beginFreeze, endFreeze, freezesView } from "../../../releases/freezing.ts";
import { rowOf } from "../../../releases/make-release.ts";
import { standings } from "../../../releases/migrate-api.ts";
import { type Report, readReport, saidReport } from "../../../releases/report.ts";
import { recordReport } from "../../../releases/reports-api.ts";
import { restoreSnapshot, snapshotsOf } from "../../../releases/snapshots-api.ts";
import { restartServices } from "../../../restart.ts";
import { actorOfAsker } from "../asker.ts";
import type { AnswerKey, Part } from "../handler.ts";
import { shared } from "../written.ts";

const done = { ok: true } as const;
type At<Tail extends string> = `/v1/products/{product}/environments/{environment}/${Tail}`;
type Keys = Extract<
  AnswerKey,
  | `POST ${At<"services/{service}/restart" | "restart" | "snapshots/{name}/restore">}`
  | `${string} ${At<"freezes">}`
  | `${string} ${At<"freezes/{id}">}`
  | `${string} ${At<"previews">}`
  | `${string} ${At<"previews/{name}">}`
  | `GET ${At<"snapshots" | "spec" | "spec/origins" | "migrations" | "runbooks" | "exercises">}`
  | `${string} /v1/products/{product}/reports`
>;

/** The same row is the same object (`store/environments.ts`), and what is shown of it the same bytes. */
const shownSpec = onceFor((environment: Environment) =>
  shared({ environment: specWithoutSecrets(environment) as Readonly<Record<string, unknown>> }),
);

export function operateAnswers(control: Control): Part<Keys> {
  const { platform } = control;
  const specOf = async ({ product, environment }: { readonly product: string; readonly environment: string }) =>
    (await rowOf(platform, product, environment)).data as Environment;
  /** A report that no gate could ever ask for is a mistake in its name. */
  const refuseUnknownCheck = async (product: string, check: string): Promise<void> => {
    const rows = await platform.store.environments(product);
    const known = [...new Set(rows.flatMap(({ data }) => Object.keys((data as Environment).checks)))];
    if (!known.includes(check))
      throw new UserError("usage", `no environment of ${product} has a check ${shown(check)}`, {
        hint: didYouMean(check, known) ?? `known: ${known.join(", ")}`,
      });
  };
  return {
    "POST /v1/products/{product}/environments/{environment}/services/{service}/restart": async ({ asker, params, body }) => {
      const { product, environment: key, service } = params;
      await rowOf(platform, product, key);
      await restartServices(control, { product, key, service, by: actorOfAsker(asker, body.as), tell: () => {} });
      return done;
    },
    "POST /v1/products/{product}/environments/{environment}/restart": async ({ asker, params, body }) => {
      const { product, environment: key } = params;
      await rowOf(platform, product, key);
      const restarted: string[] = [];
      const tell = (service: string) => void restarted.push(service);
      await restartServices(control, { product, key, service: undefined, by: actorOfAsker(asker, body.as), tell });
      return { restarted };
    },
    "GET /v1/products/{product}/environments/{environment}/freezes": ({ params: { product, environment } }) =>
      freezesView(platform, product, environment),
    "POST /v1/products/{product}/environments/{environment}/freezes": ({ asker, params, body }) => {
      const { because, forMs, lifts, stops, as } = body;
      const { product, environment: key } = params;
      return beginFreeze(platform, { product, key, because, forMs, lifts, stops, by: actorOfAsker(asker, as) });
    },
    "DELETE /v1/products/{product}/environments/{environment}/freezes/{id}": async ({ asker, params }) => {
      const { product, environment: key, id } = params;
      await endFreeze(platform, { product, key, id, by: actorOfAsker(asker) });
      return done;
    },
    "GET /v1/products/{product}/environments/{environment}/previews": async ({ params: { product, environment } }) => ({
      items: (await listPreviews(platform, product)).filter(({ of }) => of === environment),
    }),
    "POST /v1/products/{product}/environments/{environment}/previews": async ({ asker, params, body }) => {
      const environment = (await rowOf(platform, params.product, params.environment)).data as Environment;
      const summary = await addPreview(control, {
        name: body.name,
        environment,
        root: platform.place.root,
        ttlMs: body.ttlMs,
        fresh: body.fresh === true,
        wait: body.wait === true,
        by: actorOfAsker(asker, body.as),
        tell: () => {},
      });
      return summary;
    },
    "DELETE /v1/products/{product}/environments/{environment}/previews/{name}": async ({ asker, params }) => {
      const { product, environment: of, name } = params;
      await removePreview(control, { product, name, of, by: actorOfAsker(asker), tell: () => {} });
      return done;
    },
    "GET /v1/products/{product}/environments/{environment}/snapshots": async ({ params: { product, environment } }) => ({
      items: await snapshotsOf(platform, product, environment),
    }),
    "POST /v1/products/{product}/environments/{environment}/snapshots/{name}/restore": ({ asker, params, body }) => {
      const { product, environment: key, name: snapshot } = params;
      return restoreSnapshot(control, { product, key, snapshot, by: actorOfAsker(asker, body.as) });
    },
    "GET /v1/products/{product}/environments/{environment}/migrations": async ({ params: { product, environment } }) => ({
      items: await standings(control, product, environment),
    }),
    "GET /v1/products/{product}/environments/{environment}/runbooks": async ({ params }) => ({
      items: Object.entries((await specOf(params)).runbooks).map(([name, { owner, ...one }]) => {
        const role = refName(owner, "roles");
        return { name, ...one, ...(role === undefined ? {} : { owner: role }) };
      }),
    }),
    "GET /v1/products/{product}/environments/{environment}/exercises": async ({ params }) => ({
      items: Object.entries((await specOf(params)).exercises).map(([name, one]) => ({ name, ...one })),
    }),
    "GET /v1/products/{product}/reports": async ({ asker, params: { product }, query: { check, version } }) => {
      if (!seesProduct(asker.grants, product)) return { items: [] };
      const { releases } = platform.store;
      const rows =
        version === undefined
          ? await releases.newestReports(product, check, 50)
          : await releases.reports(product, check, [version]);
      const items = rows.map(({ id, check: of, version: about, actor, at, data }) => ({
        id,
        check: of,
        version: about,
        by: actor,
        at: at.toISOString(),
        report: data as Report,
      }));
      return { items };
    },
    "POST /v1/products/{product}/reports": async ({ asker, params: { product }, body }) => {
      const { check, text, as } = body;
      await refuseUnknownCheck(product, check);
      const report = text === undefined ? saidReport(body.ok === true) : readReport(text);
      const versions = [...new Set(body.versions)];
      return recordReport(platform, { product, check, versions, report, by: actorOfAsker(asker, as) });
    },
    "GET /v1/products/{product}/environments/{environment}/spec": async ({ params: { product, environment } }) => {
      const { data } = await rowOf(platform, product, environment);
      return shownSpec(data as Environment);
    },
    "GET /v1/products/{product}/environments/{environment}/spec/origins": async ({ params: { product, environment } }) =>
      originsView(platform.store, (await rowOf(platform, product, environment)).data as Environment),
  };
}
