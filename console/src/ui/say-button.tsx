import { useState } from "react";
import { onceKey } from "../live/api.ts";
import { type Trouble, troubleOf } from "../live/problem.ts";
import { refresh } from "../live/resource.ts";

/** Says something small that can be said again: what it does stands in its title. */
export function SayButton({
  title,
  does,
  say,
  changes,
}: {
  readonly title: string;
  readonly does: string;
  readonly say: (key: string) => Promise<unknown>;
  /** What is asked for anew then. */
  readonly changes: readonly string[];
}) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const press = async () => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await say(onceKey());
      refresh(...changes);
    } catch (error) {
      setTrouble(troubleOf(error));
    }
    setBusy(false);
  };
  return (
    <span>
      {trouble !== undefined && (
        <span className="status bad small" role="alert">
          {trouble.detail}{" "}
        </span>
      )}
      <button type="button" disabled={busy} title={does} onClick={() => void press()}>
        {title}
      </button>
    </span>
  );
}
