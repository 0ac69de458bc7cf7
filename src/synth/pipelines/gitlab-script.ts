import { word } from "../text/shell.ts";
import { type YamlValue, noted } from "../text/yaml.ts";
import { type Step, partsOf, revisionLabel } from "./model.ts";
import { inFolder, unless } from "./runtime.ts";
import type { Context } from "./context.ts";
import { block, exported, inShell, nameOf, outputName, shellWord } from "./gitlab-words.ts";

// What a job on GitLab CI does, line by line.

export function prelude({ job }: Context): readonly YamlValue[] {
  const lines: YamlValue[] = [];
  for (const when of job.when)
    if (when.is === "given")
      lines.push(
        block(`if [ "$${outputName(when.job, when.name)}" != ${word(when.value)} ]; then\n  echo "nothing to do"\n  exit 0\nfi`),
      );
  return lines;
}

export function scriptOf(step: Step, context: Context, exports: ReadonlySet<string>): readonly YamlValue[] {
  const { job, workflows } = context;
  switch (step.is) {
    case "checkout":
      if (step.at === undefined || partsOf(step.at).some((one) => typeof one !== "string" && one.from === "commit")) return [];
      return [`git fetch --quiet --depth 1 origin "${inShell(step.at)}" && git checkout --quiet --detach "${inShell(step.at)}"`];
    case "run": {
      if (step.after === "failure") return [];
      const folder = step.folder === undefined ? undefined : shellWord(step.folder);
      const given = (step.gives ?? []).filter((name) => job.gives.includes(name));
      const gives = given.map((name) => `echo "${outputName(job.id, name)}=$${name}" >> outputs.env`);
      const own =
        given.length === 0
          ? inFolder(step.script, folder)
          : [
              ...(folder === undefined ? [] : [`cd ${folder}`]),
              step.script,
              ...(folder === undefined ? [] : ['cd "$CI_PROJECT_DIR"']),
              ...gives,
            ].join("\n");
      const done = step.after === "anything" ? `{ ${own}; } || failed=1` : unless(own, step.unless);
      const all = [...exported(step.env ?? {}, exports), done].join("\n");
      const commented = step.comment === undefined ? block(all) : noted(step.comment, block(all));
      return [commented];
    }
    case "image": {
      const name = inShell(step.image);
      return [
        "docker buildx create --use",
        block(
          unless(
            [
              `docker buildx build --push --file "${inShell(step.file)}" --target "${inShell(step.target)}" \\`,
              ...step.tags.map((tag) => `  --tag "${inShell(tag)}" \\`),
              `  --label "${revisionLabel}=${inShell(step.revision)}" \\`,
              ...(step.cache === undefined
                ? []
                : [`  --cache-from "type=registry,ref=${name}:cache" --cache-to "type=registry,ref=${name}:cache,mode=max" \\`]),
              `  "${inShell(step.context)}"`,
            ].join("\n"),
            step.unless,
          ),
        ),
      ];
    }
    case "green": {
      const producer = workflows.flatMap((one) =>
        one.jobs
          .filter(({ steps }) => steps.some((other) => other.is === "keep" && other.artifact === step.artifact))
          .map((other) => nameOf(one, other)),
      )[0];
      return [
        block(
          [
            ...exported({ COMMIT: step.commit }, exports),
            'api="$CI_API_V4_URL/projects/$CI_PROJECT_ID"',
            'ask() { curl --fail --silent --show-error --header "PRIVATE-TOKEN: $READ_API_TOKEN" "$@"; }',
            'pipeline=$(ask "$api/pipelines?sha=$COMMIT&source=push&status=success" | jq --raw-output ".[0].id // empty")',
            '[ -n "$pipeline" ] || { echo "nothing green for $COMMIT" >&2; exit 1; }',
            ...(step.artifact === undefined || producer === undefined
              ? []
              : [
                  `job=$(ask "$api/pipelines/$pipeline/jobs?scope=success&per_page=100" | jq --arg name ${word(producer)} '[.[] | select(.name == $name)][0].id')`,
                  `mkdir -p ${step.artifact}`,
                  `ask --location --output ${step.artifact}/${step.artifact}.json "$api/jobs/$job/artifacts/${step.artifact}/${step.artifact}.json"`,
                ]),
          ].join("\n"),
        ),
      ];
    }
    case "comment":
      return [`.gitlab/ci/comment.sh ${shellWord(step.mark)} ${shellWord(step.file)}`];
    case "show":
      return [`cat ${shellWord(step.file)}`];
    default:
      return [];
  }
}
