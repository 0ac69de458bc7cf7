import { useEffect, useRef } from "react";
import type { Route } from "../router.ts";

/** Where another page is shown it begins at its top, and whoever works with keys or by ear is in it. What is chosen on a page is not another. */
export function useArrival({ page, params }: Route): void {
  const place = `${page} ${Object.values(params).join(" ")}`;
  const before = useRef(place);
  useEffect(() => {
    if (before.current === place) return;
    before.current = place;
    window.scrollTo(0, 0);
    if (document.querySelector("dialog[open]") === null)
      document.querySelector<HTMLElement>("#main")?.focus({ preventScroll: true });
  }, [place]);
}
