import type { AnswerOf, Route } from "../../../../api/route.ts";
import type { rehearsalLine, rehearsalReport } from "../../../../api/schema/rehearsal.ts";
import type { Actor } from "../../../../delivery/machine.ts";
import type { Environment } from "../../../../spec/environment.ts";
import type { RehearsalRow } from "../../../../store/rehearsals.ts";
import type { Control } from "../../../control.ts";
import type { Asked } from "../../../rehearsals/asked.ts";
import { createRehearsals } from "../../../rehearsals/rehearsals.ts";
import { rowOf } from "../../../releases/make-release.ts";
import { actorOfAsker } from "../asker.ts";
import type { AnswerKey, Part } from "../handler.ts";

type Keys = Extract<AnswerKey, `${string}/rehearsals` | `${string}/rehearsals/{id}`>;
type Line = AnswerOf<{ readonly answers: typeof rehearsalLine } & Route>;
type Report = AnswerOf<{ readonly answers: typeof rehearsalReport } & Route>;

export function rehearsalAnswers({ platform }: Control, onError: (error: unknown) => void): Part<Keys> {
  const up = async ({ product, environment }: { readonly product: string; readonly environment: string }) =>
    (await rowOf(platform, product, environment)).data as Environment;
  const rehearsals = createRehearsals(platform, up, onError);
  return {
    "GET /v1/products/{product}/environments/{environment}/rehearsals": async ({ params }) => ({
      items: (await rehearsals.list(params)).map(lineOf),
    }),
    "POST /v1/products/{product}/environments/{environment}/rehearsals": async ({ asker, params, body }) =>
      lineOf(await rehearsals.begin(params, body, actorOfAsker(asker))),
    "GET /v1/products/{product}/environments/{environment}/rehearsals/{id}": async ({ params: { id, ...at } }) => {
      const row = await rehearsals.get(at, id);
      return { ...lineOf(row), ...(row.report === null ? {} : { report: row.report as Report }) };
    },
    "DELETE /v1/products/{product}/environments/{environment}/rehearsals/{id}": async ({ asker, params: { id, ...at } }) => {
      await rehearsals.end(at, id, actorOfAsker(asker));
      return { ok: true };
    },
  };
}

function lineOf({ id, environment, state, runs, done, beganAt, endedAt, because, ...row }: RehearsalRow): Line {
  const { faults, traffic, services, seed } = row.asked as Asked;
  return {
    id,
    environment,
    state,
    faults,
    traffic,
    services,
    seed,
    runs,
    done,
    by: row.by as Actor,
    beganAt: beganAt.toISOString(),
    ...(endedAt === null ? {} : { endedAt: endedAt.toISOString() }),
    ...(because === null ? {} : { because }),
  };
}
