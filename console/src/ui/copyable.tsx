import { useState } from "react";

/** Something that is typed elsewhere: a press takes it along. */
export function Copyable({ text, of, shown = text }: { readonly text: string; readonly of: string; readonly shown?: string }) {
  const [taken, setTaken] = useState(false);
  const take = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setTaken(true);
      setTimeout(() => setTaken(false), 1_500);
    } catch {
      // Where the browser does not let it be taken, it can be marked and copied by hand.
    }
  };
  return (
    <span className="copyable">
      <code title={text}>{shown}</code>
      <button type="button" className="plain small" aria-label={`Copy ${of}`} title={`Copy ${of}`} onClick={() => void take()}>
        {taken ? (
          <span aria-hidden="true">✓</span>
        ) : (
          <svg viewBox="0 0 16 16" aria-hidden="true">
            <path d="M5 5V2h9v9h-3M2 5h9v9H2z" />
          </svg>
        )}
      </button>
      <span className="hidden" role="status">
        {taken ? `${of} was copied` : ""}
      </span>
    </span>
  );
}
