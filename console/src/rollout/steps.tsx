import type { ReleaseView } from "../live/views.ts";
import { useNow } from "../live/clock.ts";
import { momentText, spanText } from "../words/time.ts";
import { timesOf, turnedAt } from "./where-it-turned.ts";

type Standing = "done" | "here" | "turned" | "ahead" | "left out";

const marks: Readonly<Record<Standing, readonly [shape: string, word: string]>> = {
  done: ["✓", "done"],
  here: ["▸", "now"],
  turned: ["✕", "it was taken back here"],
  ahead: ["·", "ahead"],
  "left out": ["·", "never reached"],
};

/** The steps of the plan, where it stands or turned back, and how much of the bake is over. */
export function Steps({ release }: { readonly release: ReleaseView }) {
  const { plan, at, phase, endedAtMs } = release;
  const moves = endedAtMs === undefined && (phase === "progressing" || phase === "paused");
  const turned = turnedAt(release);
  const standing = (index: number): Standing => {
    if (index < at) return "done";
    if (turned !== undefined) return index === turned ? "turned" : "left out";
    return moves && index === at ? "here" : "ahead";
  };
  return (
    <ol className="steps" aria-label="Steps">
      {plan.steps.map((step, index) => {
        const is = standing(index);
        const [shape, word] = marks[is];
        const { sinceMs, untilMs } = timesOf(release, index);
        return (
          <li
            key={`${index} ${step.name}`}
            className={is.replace(" ", "-")}
            aria-current={is === "here" ? "step" : undefined}
            title={sinceMs === undefined ? undefined : `since ${momentText(sinceMs)}`}
          >
            <span className="name">
              <span aria-hidden="true">{shape}</span> {step.name}
              <span className="hidden">, {word}</span>
            </span>
            <span className="quiet small">
              {step.weightPercent} %{step.bakeMs > 0 && `, ${spanText(step.bakeMs)}`}
              {sinceMs !== undefined && untilMs !== undefined && is === "done" && `, took ${spanText(untilMs - sinceMs)}`}
            </span>
            {is === "turned" && (
              <span className="small status bad">
                {phase === "reverting" ? "goes back from here" : "taken back here"}
                {sinceMs !== undefined && untilMs !== undefined && `, after ${spanText(untilMs - sinceMs)}`}
              </span>
            )}
            {is === "here" && step.bakeMs > 0 && <Bake release={release} bakeMs={step.bakeMs} name={step.name} />}
          </li>
        );
      })}
    </ol>
  );
}

function Bake({ release, bakeMs, name }: { readonly release: ReleaseView; readonly bakeMs: number; readonly name: string }) {
  const { bakeSinceMs, pausedMs, pausedSinceMs } = release;
  const now = useNow();
  const bakedMs = bakeSinceMs === undefined ? 0 : Math.max(0, (pausedSinceMs ?? now) - bakeSinceMs - pausedMs);
  const share = Math.min(1, bakedMs / bakeMs);
  return (
    <>
      <progress value={share} max={1} aria-label={`Bake of ${name}`} />
      <span className="quiet small">
        {bakeSinceMs === undefined
          ? "waits until it is ready"
          : share < 1
            ? `${spanText(bakeMs - bakedMs)} of the bake left`
            : "baked; its gates are asked"}
      </span>
    </>
  );
}
