import { numberText } from "../words/numbers.ts";
import { Facts } from "../ui/facts.tsx";

/** What is shown of it by the comparison's own panel. */
const elsewhere = new Set(["harm", "safety", "forecast", "neededForHarm", "neededForSafety"]);

/** The numbers that a gate answered by, as it gave them. */
export function Evidence({ of }: { readonly of: unknown }) {
  const facts = factsOf(of);
  if (Object.keys(facts).length === 0) return null;
  return (
    <details className="numbers">
      <summary>Its numbers</summary>
      <Facts of={facts} />
    </details>
  );
}

function factsOf(of: unknown): Readonly<Record<string, React.ReactNode>> {
  if (typeof of !== "object" || of === null) return {};
  const said = Object.entries(of).filter(([name, value]) => !elsewhere.has(name) && value !== undefined);
  return Object.fromEntries(said.map(([name, value]) => [name, shown(value)]));
}

function shown(value: unknown): React.ReactNode {
  if (typeof value === "number") return numberText(value);
  if (typeof value === "string") return /[(){}=]/.test(value) ? <code>{value}</code> : value;
  if (Array.isArray(value) && value.length === 0) return "none";
  return <code>{JSON.stringify(value)}</code>;
}
