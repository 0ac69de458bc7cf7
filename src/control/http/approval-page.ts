import type { Release } from "../../delivery/release.ts";
import type { ApprovalState } from "./approval-state.ts";
import { type Html, html } from "./html.ts";
import { page } from "./page.ts";

export type ApprovalPage = {
  readonly release: Release;
  readonly step: number;
  readonly role: string;
  readonly state: ApprovalState;
  /** Who that role is, as the spec says. */
  readonly members: readonly string[];
  /** Who decided here the last time. */
  readonly name: string;
  readonly reason?: string;
  /** Why what was just sent did nothing. */
  readonly refused?: string;
};

const mostEvidence = 20;

export function approvalPage(asked: ApprovalPage): string {
  const { release, step, role, state } = asked;
  const title = `${versions(release)} to ${release.environment}`;
  const name = release.plan.steps[step]?.name ?? String(step + 1);
  return page(
    title,
    html`<h1>${heading(state)}: ${title}</h1>
      ${asked.refused === undefined ? [] : html`<p class="said refused" role="alert">${asked.refused}</p>`} ${outcome(state)}
      <dl>
        <dt>Product</dt>
        <dd>${release.product}</dd>
        <dt>Environment</dt>
        <dd>${release.environment}</dd>
        ${release.changes.map(
          (change) =>
            html`<dt>${change.service}</dt>
              <dd>${change.version} <span>(${change.from ?? "nothing"} → ${change.to})</span></dd>`,
        )}
        <dt>Step</dt>
        <dd>${name}, ${step + 1} of ${release.plan.steps.length} (${release.plan.strategy})</dd>
        <dt>Asked of</dt>
        <dd>${role}</dd>
        <dt>Begun by</dt>
        <dd>${release.startedBy.name}, ${moment(release.startedAtMs)}</dd>
        <dt>Release</dt>
        <dd>${release.id}</dd>
        ${
          state.is === "asked"
            ? html`<dt>Until</dt>
                <dd>${moment(state.expiresAtMs)}</dd>`
            : []
        }
      </dl>
      ${state.is === "asked" ? form(asked) : []}
      <h2>What has happened so far</h2>
      <ul>
        ${release.record
          .slice(-mostEvidence)
          .map(
            ({ atMs, what, because, by }) =>
              html`<li>
                <time datetime="${new Date(atMs).toISOString()}">${moment(atMs)}</time
                >${what}${because === undefined ? "" : `: ${because}`}${by === undefined ? "" : ` (${by.name})`}
              </li>`,
          )}
      </ul>`,
  );
}

function heading({ is }: ApprovalState): string {
  return is === "asked" ? "Shall it go on" : is === "decided" ? "Decided" : "Nothing to decide any more";
}

function outcome(state: ApprovalState): Html | readonly Html[] {
  if (state.is === "asked")
    return state.people === 1
      ? []
      : html`<p class="said">
          ${state.given.length} of ${state.people} have said yes${state.given.length === 0 ? "" : `: ${state.given.join(", ")}`}.
        </p>`;
  if (state.is === "over") return html`<p class="said" role="status">This link does nothing any more: ${state.because}.</p>`;
  return html`<p class="said" role="status">
    ${state.by} said ${state.yes ? "yes" : "no"} by link, ${moment(state.atMs)}: ${state.because}.
  </p>`;
}

function form({ members, name, reason }: ApprovalPage): Html {
  return html`<form method="post" autocomplete="on">
    <label for="name">Your name, as the spec has it</label>
    <input id="name" name="name" value="${name}" list="members" required maxlength="200" autocomplete="username" />
    <datalist id="members">${members.map((member) => html`<option value="${member}"></option>`)}</datalist>
    <label for="reason">Why (if there is something to say)</label>
    <input id="reason" name="reason" value="${reason ?? ""}" maxlength="500" />
    <button class="yes" name="decision" value="yes">Yes, go on</button
    ><button class="no" name="decision" value="no">No, take it back</button>
  </form>`;
}

function versions({ changes }: Release): string {
  return changes.map(({ service, version }) => `${service} ${version}`).join(", ");
}

function moment(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
