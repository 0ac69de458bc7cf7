import type { File } from "../../file.ts";
import { attribute, attributes, block, expression, gap, hclFile } from "../../text/hcl.ts";
import { stateBucket } from "./foundation.ts";
import type { Place } from "./place.ts";

/** The bucket that the states lie in: it has to be there before any of them. */
export function stateRoot(place: Place): readonly File[] {
  if ((place.environment.pipeline?.infrastructure?.state?.in ?? "gcs") !== "gcs") return [];
  const folder = place.layout.state;
  const files = {
    "versions.tf": [
      block(
        "terraform",
        [],
        [
          ...attributes({ required_version: ">= 1.8, < 2.0" }),
          block("required_providers", [], attributes({ google: { source: "hashicorp/google", version: "~> 6.50" } })),
        ],
      ),
    ],
    "providers.tf": [block("provider", ["google"], attributes({ project: expression("var.project") }))],
    "main.tf": [
      block(
        "resource",
        ["google_storage_bucket", "state"],
        [
          ...attributes({ name: stateBucket(place), location: "US" }),
          gap,
          ...attributes({ uniform_bucket_level_access: true, public_access_prevention: "enforced" }),
          block("versioning", [], attributes({ enabled: true })),
          block(
            "lifecycle_rule",
            [],
            [
              block("action", [], attributes({ type: "Delete" })),
              block("condition", [], attributes({ num_newer_versions: 50, days_since_noncurrent_time: 90 })),
            ],
            "Whichever keeps more: the last 50 versions of a state, or those of 90 days.",
          ),
          block("lifecycle", [], attribute("prevent_destroy", true)),
        ],
        [
          "Applied once by a person, before anything else: the states of all environments lie in this bucket. It has none of its own in there,",
          "and needs none: terraform import google_storage_bucket.state <name> finds it again.",
        ].join("\n"),
      ),
    ],
    "variables.tf": [
      block(
        "variable",
        ["project"],
        attributes({ description: "The project that the bucket lies in.", type: expression("string") }),
      ),
    ],
  };
  return Object.entries(files).map(([name, entries]) => ({ path: `${folder}/${name}`, text: hclFile(entries) }));
}
