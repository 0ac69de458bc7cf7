import { useEffect } from "react";

export type Key = { readonly keys: string; readonly does: string; readonly run: () => void };

/** Between the two letters of `g o`. */
const patienceMs = 1_200;

/** Keys of the whole page. Nothing of them is heard while somebody writes, or decides in a dialog. */
export function useKeys(keys: readonly Key[]): void {
  useEffect(() => {
    let before = "";
    let beforeMs = 0;
    const hear = (event: KeyboardEvent) => {
      const { key, ctrlKey, metaKey, altKey } = event;
      const held = ctrlKey || metaKey;
      if (held && !altKey && key.toLowerCase() === "k") {
        event.preventDefault();
        keys.find((one) => one.keys === "Ctrl K")?.run();
        return;
      }
      if (held || altKey || isWriting(event.target) || document.querySelector("dialog[open]") !== null) return;
      const now = performance.now();
      const typed = before !== "" && now - beforeMs < patienceMs ? `${before} ${key}` : key;
      const found = keys.find((one) => one.keys === typed) ?? keys.find((one) => one.keys === key);
      [before, beforeMs] = [keys.some((one) => one.keys.startsWith(`${key} `)) ? key : "", now];
      if (found === undefined) return;
      event.preventDefault();
      before = "";
      found.run();
    };
    window.addEventListener("keydown", hear);
    return () => window.removeEventListener("keydown", hear);
  }, [keys]);
}

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:input|textarea|select)$/i.test(target.tagName));
}
