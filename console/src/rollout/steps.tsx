import type { ReleaseView } from "../live/views.ts";
import { useNow } from "../live/clock.ts";
import { spanText } from "../words/time.ts";

/** The steps of the plan, where it stands, and how much of the bake is over. */
export function Steps({ release }: { readonly release: ReleaseView }) {
  const { plan, at, phase, bakeSinceMs, pausedMs, pausedSinceMs, endedAtMs } = release;
  const now = useNow();
  const moves = endedAtMs === undefined && (phase === "progressing" || phase === "paused");
  const until = pausedSinceMs ?? now;
  const bakedMs = bakeSinceMs === undefined ? 0 : Math.max(0, until - bakeSinceMs - pausedMs);
  return (
    <ol className="steps" aria-label="Steps">
      {plan.steps.map((step, index) => {
        const isHere = moves && index === at;
        const isDone = index < at;
        const share = step.bakeMs === 0 ? 0 : Math.min(1, bakedMs / step.bakeMs);
        return (
          <li
            key={`${index} ${step.name}`}
            className={isHere ? "here" : isDone ? "done" : "ahead"}
            aria-current={isHere ? "step" : undefined}
          >
            <span className="name">
              <span aria-hidden="true">{isDone ? "✓" : isHere ? "▸" : "·"}</span> {step.name}
              <span className="hidden">{isDone ? ", done" : isHere ? ", now" : ", ahead"}</span>
            </span>
            <span className="quiet small">
              {step.weightPercent} %{step.bakeMs > 0 && `, ${spanText(step.bakeMs)}`}
            </span>
            {isHere && step.bakeMs > 0 && (
              <>
                <progress value={share} max={1} aria-label={`Bake of ${step.name}`} />
                <span className="quiet small">
                  {bakeSinceMs === undefined
                    ? "waits until it is ready"
                    : share < 1
                      ? `${spanText(step.bakeMs - bakedMs)} of the bake left`
                      : "baked; its gates are asked"}
                </span>
              </>
            )}
          </li>
        );
      })}
    </ol>
  );
}
