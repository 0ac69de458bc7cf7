import type { RehearsalLine } from "../live/views.ts";
import { Status, type Tone } from "../ui/status.tsx";
import { numberText } from "../words/numbers.ts";

const tones: Readonly<Record<RehearsalLine["state"], Tone>> = { running: "busy", done: "good", stopped: "warn", failed: "bad" };

export function RehearsalState({ of: { state, done, runs } }: { readonly of: RehearsalLine }) {
  return (
    <>
      <Status tone={tones[state]}>{state}</Status>{" "}
      <span className="quiet small">
        {state === "done" ? `${numberText(runs)} runs` : `${numberText(done)} of ${numberText(runs)} runs`}
      </span>
    </>
  );
}
