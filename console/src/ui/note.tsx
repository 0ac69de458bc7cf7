import type { ReactNode } from "react";
import type { Kept } from "../live/resource.ts";
import { Ago } from "./ago.tsx";

export function Note({ tone = "quiet", children }: { readonly tone?: "quiet" | "bad" | "warn"; readonly children: ReactNode }) {
  return <p className={`note ${tone}`}>{children}</p>;
}

/** It is on its way. */
export function Looking() {
  return (
    <p className="note quiet" aria-busy="true">
      Looking …
    </p>
  );
}

/** What is shown of something that was asked for: it, that it is on its way, or why it is not there. */
export function Shown<T>({ kept, children }: { readonly kept: Kept<T>; readonly children: (value: T) => ReactNode }) {
  const { value, trouble, atMs } = kept;
  if (value === undefined)
    return trouble === undefined ? <Looking /> : <TroubleNote detail={trouble.detail} hint={trouble.hint} />;
  return (
    <>
      {trouble !== undefined && trouble.status !== 0 && (
        <p className="note warn">
          This is as of <Ago at={atMs ?? 0} />: {trouble.detail}.
        </p>
      )}
      {children(value)}
    </>
  );
}

export function TroubleNote({ detail, hint }: { readonly detail: string; readonly hint?: string | undefined }) {
  return (
    <p className="note bad" role="alert">
      <strong>{sentence(detail)}</strong>
      {hint !== undefined && <span> {sentence(hint)}</span>}
    </p>
  );
}

export function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
