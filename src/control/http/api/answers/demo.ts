import { ConflictError, UserError } from "../../../../lib/errors.ts";
import type { Environment } from "../../../../spec/environment.ts";
import type { Control } from "../../../control.ts";
import { readDemo } from "../../../demo.ts";
import { startRelease } from "../../../releases/begin.ts";
import { rowOf } from "../../../releases/make-release.ts";
import { actorOfAsker, may } from "../asker.ts";
import type { Part } from "../handler.ts";

/** The demonstration's versions: each is released as anything is, through the gates of the spec. */
export function demoAnswers(
  control: Control,
): Part<"GET /v1/products/{product}/demo" | "POST /v1/products/{product}/environments/{environment}/demo"> {
  const { platform, oneAtATime } = control;
  return {
    "GET /v1/products/{product}/demo": async ({ asker, params: { product } }) => {
      const demo = await readDemo(platform, product);
      if (demo === undefined || !may(asker, "release", { product, environment: demo.environment })) return { items: [] };
      const { environment } = demo;
      return { items: demo.offers.map(({ name, title, says }) => ({ name, environment, title, says })) };
    },
    "POST /v1/products/{product}/environments/{environment}/demo": async ({ asker, params, body }) => {
      const { product, environment: key } = params;
      const demo = await readDemo(platform, product);
      const offer = demo?.offers.find(({ name }) => name === body.offer);
      if (demo?.environment !== key || offer === undefined)
        throw new UserError("unknown-version", `nothing of that name is offered in ${key}`, {
          hint: "a demonstration offers versions for as long as npm start runs",
        });
      const environment = (await rowOf(platform, product, key)).data as Environment;
      return oneAtATime(key, async () => {
        // The first of them that does not serve already.
        for (const folder of offer.folders) {
          const { release, says, unchanged } = await startRelease(control, {
            environment,
            root: platform.place.root,
            wanted: [{ service: demo.service, folder }],
            by: actorOfAsker(asker),
            tell: () => {},
          });
          if (release.changes.length > 0) return { release: release.id, says, unchanged: [...unchanged] };
        }
        throw new ConflictError("under-way", "everything that is offered serves already");
      });
    },
  };
}
