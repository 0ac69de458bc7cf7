import { refresh } from "../live/resource.ts";
import { useSaying } from "../live/use-saying.ts";

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
  const saying = useSaying();
  const press = () =>
    saying.say(async (key) => {
      await say(key);
      refresh(...changes);
    });
  return (
    <span>
      {saying.trouble !== undefined && (
        <span className="status bad small" role="alert">
          {saying.trouble.detail}{" "}
        </span>
      )}
      <button type="button" disabled={saying.busy} title={does} onClick={() => void press()}>
        {title}
      </button>
    </span>
  );
}
