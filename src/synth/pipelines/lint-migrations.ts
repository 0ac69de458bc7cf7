import { productOf, type Subject } from "../subject.ts";
import { word } from "../text/shell.ts";
import { checkPlace } from "./checks.ts";
import { type Job, job, run } from "./model.ts";

/** The versions that the linter knows. */
const [oldest, newest] = [15, 18];

const base = `git rev-parse --verify --quiet "origin/$BRANCH" > /dev/null || git fetch --quiet origin "+refs/heads/$BRANCH:refs/remotes/origin/$BRANCH"
base=$(git merge-base HEAD "origin/$BRANCH")
if [ "$base" = "$(git rev-parse HEAD)" ]; then base=$(git rev-parse --verify --quiet HEAD^ || git hash-object -t tree /dev/null); fi`;

/** What migrations that come with a change would lock, rewrite or lose, before any of them is run. */
export function lintMigrationsJobs(subject: Subject): readonly Job[] {
  const commands = Object.values(checkPlace(subject).resources).flatMap((resource) => {
    if (resource.kind !== "postgres" || resource.migrations === undefined) return [];
    const { folder, here, tool } = resource.migrations;
    // What Alembic runs is Python: what stands beside it in SQL can be read.
    const wanted = tool === "alembic" ? here : folder;
    if (wanted === undefined) return [];
    const version = Math.min(newest, Math.max(oldest, resource.version ?? newest));
    // These two are told by their files.
    const said = tool === "prisma" || tool === "flyway" || tool === "dbmate" ? ` --tool ${tool}` : "";
    return [`npx gantry migrate lint ${word(wanted)}${said} --postgres ${version} --base "$base" --format "$format"`];
  });
  if (commands.length === 0) return [];
  const branch = productOf(subject).repository?.mainBranch ?? "main";
  return [
    job("lint-of-migrations", "Lint of migrations", {
      tools: [{ tool: "node", version: "20", lock: "package-lock.json" }],
      steps: [
        { is: "checkout", history: true },
        run("Install", "npm ci"),
        run(
          "What they would lock, rewrite or lose",
          [base, "format=text", 'if [ -n "${GITHUB_ACTIONS:-}" ]; then format=github; fi', ...new Set(commands)].join("\n"),
          {
            env: { BRANCH: branch },
            comment: "What is on the branch already has been shipped; what is new there was held against the commit before it.",
          },
        ),
      ],
    }),
  ];
}
