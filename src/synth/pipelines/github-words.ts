import { identifier, slug } from "../names.ts";
import { type Job, type Run, type Source, type Value, type Workflow, partsOf } from "./model.ts";

// The words of GitHub Actions. Whatever text comes from the spec passes `literal`: only sources become expressions.

export function giver({ steps }: Job, name: string): string {
  const step = steps.find((one) => one.is === "run" && one.gives?.includes(name));
  return step?.is === "run" ? stepId(step) : "";
}

export function stepId({ name }: Run): string {
  return slug(name);
}

/** A string of GitHub's expressions. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function text(value: Value, job: Job, workflow?: Workflow): string {
  return partsOf(value)
    .map((one) => (typeof one === "string" ? literal(one) : expression(one, job, workflow)))
    .join("");
}

/** Text that stays text: GitHub would evaluate what stands between `${{` and `}}`, wherever it stands. */
export function literal(given: string): string {
  return given.replaceAll("${{", "${{ '${{' }}");
}

/** Text in a pattern of Go, where it means itself. */
function inPattern(given: string): string {
  return literal(given.replace(/[.*+?^$()|[\]{}\\]/g, (one) => `\\${one}`));
}

export function script(text: string): string {
  return literal(text.includes("\n") ? `${text}\n` : text);
}

function expression(source: Source, job: Job, workflow?: Workflow): string {
  switch (source.from) {
    case "commit":
      return workflow?.on.some(({ on }) => on === "pull request") === true
        ? "${{ github.event.pull_request.head.sha || github.sha }}"
        : "${{ github.sha }}";
    case "run":
      return "${{ github.run_id }}";
    case "pull request":
      return "${{ github.event.pull_request.number }}";
    case "version":
      return "${{ inputs.version }}";
    case "tag":
      return "${{ github.ref_name }}";
    case "variable":
      return `\${{ vars.${identifier(source.name)} }}`;
    case "secret":
      return `\${{ secrets.${identifier(source.name)} }}`;
    case "job":
      return `\${{ needs.${source.job}.outputs.${source.name} }}`;
    case "own":
      return `\${{ steps.${giver(job, source.name)}.outputs.${source.name} }}`;
    case "each":
      return `\${{ matrix.${source.name} }}`;
    case "host":
      return "localhost";
    case "issuer":
      return "https://token.actions.githubusercontent.com";
    case "signer":
      return `^https://github\\.com/\${{ github.repository }}/\\.github/workflows/[^@]+@refs/heads/${inPattern(source.branch)}$`;
    case "started":
      return "${{ github.event.pull_request.updated_at }}";
    case "status":
      return "${{ contains(needs.*.result, 'failure') && 'failure' || contains(needs.*.result, 'cancelled') && 'cancelled' || 'success' }}";
    case "input":
      return `\${{ inputs.${source.name} }}`;
    case "link":
      return "${{ github.server_url }}/${{ github.repository }}/actions/runs/${{ github.run_id }}";
  }
}
