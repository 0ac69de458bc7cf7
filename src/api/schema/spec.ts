import { z } from "zod";

const place = z.object({ file: z.string(), line: z.int(), column: z.int() });

/** One layer's word on a value. */
const said = z.object({
  /** `default`, `product`, `environment prod`, or `worked out`. */
  layer: z.string(),
  why: z.string().optional(),
  value: z.unknown(),
  /** Where it was written, as seen from the folder of the spec; absent where no line says it. */
  place: place.optional(),
});

/** Where a value of an environment comes from: the word that holds, and those that it overrode. */
export const origin = z
  .object({
    /** As `gantry explain` takes it: `services.api.scale.max`, `alerts["API errors"].when`. */
    path: z.string(),
    from: said,
    overrode: z.array(said),
  })
  .meta({ id: "Origin" });

export const origins = z
  .object({
    /** Whether it is known where the values were written: whoever brought the environment up sent it along. */
    known: z.boolean(),
    /** Every value that has none in it, in the order of the spec. */
    items: z.array(origin),
  })
  .meta({ id: "Origins" });
