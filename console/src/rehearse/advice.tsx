import { chanceText } from "../../../src/rehearse/words/estimates.ts";
import type { RehearsalView } from "../live/views.ts";
import { sentence } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { estimateOf } from "./estimates.ts";

type Said = NonNullable<RehearsalView["report"]>["advice"];

/** What was rehearsed beside it, and was better. */
export function Advice({ of }: { readonly of: Said }) {
  return (
    <Panel title="What might be better">
      <ul className="gates">
        {of.map(({ says, found, mistakes }) => (
          <li key={says}>
            <p>{sentence(says)}</p>
            <p className="small quiet">
              Found: {chanceText(estimateOf(found.before))} → {chanceText(estimateOf(found.after))}. Mistakes:{" "}
              {chanceText(estimateOf(mistakes.before))} → {chanceText(estimateOf(mistakes.after))}.
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
