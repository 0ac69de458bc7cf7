import { shareText } from "../words/numbers.ts";

/** What is left of an error budget; below nothing, by how much too much was used. */
export function BudgetBar({ left }: { readonly left: number }) {
  const tone = left > 0.25 ? "good" : left > 0 ? "some" : "bad";
  return (
    <span className="odds">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className="track" width="100" height="6" />
        <rect className={tone} width={Math.max(0, Math.min(1, left)) * 100} height="6" />
      </svg>
      <span className="small">
        {left >= 0 ? `${shareText(left)} of the budget left` : `overspent by ${shareText(-left)} of the budget`}
      </span>
    </span>
  );
}
