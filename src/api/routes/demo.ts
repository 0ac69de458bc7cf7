import { z } from "zod";
import { route } from "../route.ts";
import { begun } from "../schema/release.ts";
import { pageOf } from "../schema/words.ts";

const offer = z
  .object({
    name: z.string(),
    environment: z.string(),
    title: z.string(),
    /** What comes of it. */
    says: z.string(),
  })
  .meta({ id: "DemoOffer" });

export const demoRoutes = {
  "GET /v1/products/{product}/demo": route({
    summary: "What a demonstration that runs now (`npm start` of this repository) offers to release. Nothing elsewhere.",
    right: "read",
    filtered: true,
    answers: pageOf(offer),
  }),
  "POST /v1/products/{product}/environments/{environment}/demo": route({
    summary: "Begins the release that a demonstration offers: an ordinary one, of code that it has beside it.",
    right: "release",
    body: z.object({ offer: z.string().min(1).max(50) }),
    answers: begun,
    status: 201,
  }),
};
