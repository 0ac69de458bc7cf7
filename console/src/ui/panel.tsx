import { type ReactNode, useId } from "react";
import { Fence } from "./fence.tsx";

export function Panel({
  title,
  beside,
  children,
  className = "",
}: {
  readonly title: string;
  readonly beside?: ReactNode;
  readonly children: ReactNode;
  readonly className?: string;
}) {
  const heading = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {beside}
      </header>
      <Fence what={title}>{children}</Fence>
    </section>
  );
}
