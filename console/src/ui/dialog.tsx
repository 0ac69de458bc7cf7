import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

/** The browser's own dialog: it keeps the focus and gives it back, and Escape closes it. */
export function Dialog({
  title,
  className = "",
  onClose,
  children,
}: {
  readonly title: string;
  readonly className?: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  const place = useRef<HTMLDialogElement>(null);
  const heading = useId();
  // Before it is taken out of the page: afterwards the browser no longer gives the focus back to whatever opened it.
  useLayoutEffect(() => {
    const dialog = place.current;
    const opener = document.activeElement;
    if (dialog !== null && !dialog.open) dialog.showModal();
    return () => {
      dialog?.close();
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={place}
      className={className}
      aria-labelledby={heading}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === place.current) onClose();
      }}
    >
      <div className="inside">
        <h2 id={heading}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
