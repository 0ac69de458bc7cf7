export type Part = { readonly name: string; readonly weight: number; readonly isNew: boolean };

/** How the traffic is split: its numbers stand beside it as text. */
export function SplitBar({ parts }: { readonly parts: readonly Part[] }) {
  const shown = parts.filter(({ weight }) => weight > 0);
  return (
    <svg className="split" viewBox="0 0 100 4" preserveAspectRatio="none" role="img" aria-label={splitText(shown)}>
      {shown.map(({ name, weight, isNew }, index) => (
        <rect
          key={name}
          className={isNew ? "new" : "old"}
          x={shown.slice(0, index).reduce((sum, one) => sum + one.weight, 0)}
          width={weight}
          height="4"
        />
      ))}
    </svg>
  );
}

export function splitText(parts: readonly Part[]): string {
  if (parts.length === 0) return "no traffic";
  return parts.map(({ name, weight }) => `${weight} % ${name}`).join(", ");
}
