import { withoutSecrets } from "../../../../lib/secrets.ts";
import type { Environment } from "../../../../spec/environment.ts";
import type { Control } from "../../../control.ts";
import { addPreview, removePreview } from "../../../preview-words.ts";
import { listPreviews } from "../../../previews.ts";
import { beginFreeze, endFreeze, freezesView } from "../../../releases/freezing.ts";
import { rowOf } from "../../../releases/make-release.ts";
import { snapshotsOf } from "../../../releases/snapshots-api.ts";
import { restartServices } from "../../../restart.ts";
import { scheduleViews } from "../../../schedules/schedule-views.ts";
import { actorOfAsker } from "../asker.ts";
import type { AnswerKey, Part } from "../handler.ts";

const done = { ok: true } as const;
type At<Tail extends string> = `/v1/products/{product}/environments/{environment}/${Tail}`;
type Keys = Extract<
  AnswerKey,
  | `POST ${At<"services/{service}/restart">}`
  | `${string} ${At<"freezes">}`
  | `${string} ${At<"freezes/{id}">}`
  | `${string} ${At<"previews">}`
  | `${string} ${At<"previews/{name}">}`
  | `GET ${At<"schedules" | "snapshots" | "spec">}`
>;

export function operateAnswers(control: Control): Part<Keys> {
  const { platform } = control;
  return {
    "POST /v1/products/{product}/environments/{environment}/services/{service}/restart": async ({ asker, params, body }) => {
      const { product, environment: key, service } = params;
      await rowOf(platform, product, key);
      await restartServices(control, { product, key, service, by: actorOfAsker(asker, body.as), tell: () => {} });
      return done;
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
        wait: false,
        by: actorOfAsker(asker, body.as),
        tell: () => {},
      });
      const { url, expiresAt } = summary;
      return {
        environment: summary.environment,
        ...(url === undefined ? {} : { url }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
      };
    },
    "DELETE /v1/products/{product}/environments/{environment}/previews/{name}": async ({ asker, params }) => {
      const { product, environment: of, name } = params;
      await removePreview(control, { product, name, of, by: actorOfAsker(asker), tell: () => {} });
      return done;
    },
    "GET /v1/products/{product}/environments/{environment}/schedules": async ({ params: { product, environment } }) => ({
      items: await scheduleViews(platform.store, product, environment),
    }),
    "GET /v1/products/{product}/environments/{environment}/snapshots": async ({ params: { product, environment } }) => ({
      items: await snapshotsOf(platform, product, environment),
    }),
    "GET /v1/products/{product}/environments/{environment}/spec": async ({ params: { product, environment } }) => {
      const { data } = await rowOf(platform, product, environment);
      return { environment: withoutSecrets(data) as Readonly<Record<string, unknown>> };
    },
  };
}
