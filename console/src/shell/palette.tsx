import { useId, useMemo, useState } from "react";
import { Dialog } from "../ui/dialog.tsx";

export type Choice = { readonly title: string; readonly kind: string; readonly run: () => void };

const mostShown = 12;

/** Wherever one may go, and whatever one may do, by writing a part of its name. */
export function Palette({ choices, onClose }: { readonly choices: readonly Choice[]; readonly onClose: () => void }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const list = useId();
  const found = useMemo(() => fitting(choices, text), [choices, text]);
  const chosen = found[Math.min(at, found.length - 1)];
  const idOf = (index: number) => `${list}-${index}`;
  const take = (choice: Choice | undefined) => {
    if (choice === undefined) return;
    onClose();
    choice.run();
  };
  return (
    <Dialog title="Go to, or do" className="palette" onClose={onClose}>
      <input
        type="text"
        role="combobox"
        aria-label="Environment, service, release, page or verb"
        aria-expanded="true"
        aria-controls={list}
        aria-activedescendant={chosen === undefined ? undefined : idOf(found.indexOf(chosen))}
        autoFocus
        placeholder="prod, api, promote …"
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, found.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
          else if (event.key === "Enter") take(chosen);
          else return;
          event.preventDefault();
        }}
      />
      <ul id={list} role="listbox" aria-label="What fits">
        {found.map((choice, index) => (
          <li
            key={`${choice.kind} ${choice.title}`}
            id={idOf(index)}
            role="option"
            aria-selected={choice === chosen}
            onClick={() => take(choice)}
          >
            <span>{choice.title}</span>
            <span className="quiet">{choice.kind}</span>
          </li>
        ))}
        {found.length === 0 && (
          <li role="option" aria-selected="false" aria-disabled="true" className="quiet">
            Nothing is called that
          </li>
        )}
      </ul>
    </Dialog>
  );
}

/** What begins so comes before what has it in it; every word has to be there. */
export function fitting(choices: readonly Choice[], text: string): readonly Choice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const scored = choices.flatMap((choice) => {
    const title = choice.title.toLowerCase();
    const all = `${title} ${choice.kind}`;
    if (!words.every((word) => all.includes(word))) return [];
    return [{ choice, score: words.filter((word) => title.startsWith(word) || title.includes(` ${word}`)).length }];
  });
  return scored
    .toSorted((a, b) => b.score - a.score)
    .slice(0, mostShown)
    .map(({ choice }) => choice);
}
