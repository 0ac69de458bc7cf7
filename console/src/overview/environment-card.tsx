import type { EnvironmentStatus, ReleaseLine } from "../live/views.ts";
import { linkTo } from "../router.ts";
import { Ago } from "../ui/ago.tsx";
import { State, Status, toneOf } from "../ui/status.tsx";
import { countText } from "../words/numbers.ts";
import { BudgetLine, FiringLine } from "./promises.tsx";

/** An environment at a glance: how it is, what its promises say, what is on its way. */
export function EnvironmentCard({
  one,
  releases,
}: {
  readonly one: EnvironmentStatus;
  readonly releases: readonly ReleaseLine[];
}) {
  const { environment, state, speed, url, services, expiresAt } = one;
  const mine = releases.filter((release) => release.environment === environment);
  const under = mine.filter(({ endedAtMs }) => endedAtMs === undefined);
  const last = mine.find(({ endedAtMs }) => endedAtMs !== undefined);
  const bad = services.filter((service) => service.state === "failed" || service.state === "unready").length;
  return (
    <section className="card" aria-label={environment}>
      <h2>
        <a href={linkTo("environment", { environment })}>{environment}</a>
        <State state={state} />
        {speed !== 1 && <span className="quiet small">{speed}× speed</span>}
      </h2>
      <ul className="facts">
        <li>
          {bad === 0 ? (
            <Status tone="good">{countText(services.length, "service")}</Status>
          ) : (
            <Status tone="bad">{`${bad} of ${countText(services.length, "service")} not ready`}</Status>
          )}
        </li>
        <FiringLine environment={environment} />
        <BudgetLine environment={environment} />
        {under.map(({ id, title, phase, at, steps }) => (
          <li key={id}>
            <a href={linkTo("release", { environment, id })}>
              <Status tone={toneOf(phase)}>
                {title}: {phase}
                {phase === "progressing" || phase === "paused" ? `, step ${Math.min(at + 1, steps)} of ${steps}` : ""}
              </Status>
            </a>
          </li>
        ))}
        {under.length === 0 && last !== undefined && (
          <li className="quiet small">
            last: <a href={linkTo("release", { environment, id: last.id })}>{last.title}</a>, {last.phase}{" "}
            <Ago at={last.endedAtMs ?? last.startedAtMs} />
          </li>
        )}
        {expiresAt !== undefined && (
          <li className="quiet small">
            goes <Ago at={expiresAt} />
          </li>
        )}
        {url !== undefined && (
          <li className="small">
            <a href={url} target="_blank" rel="noreferrer">
              {url.replace(/^https?:\/\//, "")} <span aria-hidden="true">↗</span>
            </a>
          </li>
        )}
      </ul>
    </section>
  );
}
