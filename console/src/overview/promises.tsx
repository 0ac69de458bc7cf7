import { useAlerts, useSlos } from "../live/asked.ts";
import { linkTo } from "../router.ts";
import { Status } from "../ui/status.tsx";
import { countText, shareText } from "../words/numbers.ts";

/** Alerts that fire; said also when none does, so that silence is not taken for health. */
export function FiringLine({ environment }: { readonly environment: string }) {
  const { value, trouble } = useAlerts(environment);
  if (value === undefined) return trouble === undefined ? null : <li className="quiet small">alerts: {trouble.detail}</li>;
  if (value.length === 0) return null;
  const firing = value.filter(({ state }) => state === "firing");
  const unknown = value.filter(({ state }) => state === "unknown").length;
  const [first] = firing;
  return (
    <li>
      <a href={linkTo("alerts", {}, { environment })}>
        {first === undefined ? (
          <Status tone={unknown > 0 ? "warn" : "good"}>
            no alert{unknown > 0 ? `, ${unknown} of ${value.length} cannot be told` : ""}
          </Status>
        ) : (
          <Status tone="bad">{firing.length === 1 ? first.name : countText(firing.length, "alert")}</Status>
        )}
      </a>
    </li>
  );
}

/** The promise that has the least of its budget left. */
export function BudgetLine({ environment }: { readonly environment: string }) {
  const { value } = useSlos(environment);
  const worst = value?.toSorted((a, b) => (a.budgetLeft ?? 1) - (b.budgetLeft ?? 1))[0];
  if (worst === undefined) return null;
  const left = worst.budgetLeft;
  return (
    <li>
      <a href={linkTo("alerts", {}, { environment })}>
        {left === undefined ? (
          <Status tone="quiet">{worst.name}: nothing was asked yet</Status>
        ) : (
          <Status tone={left > 0.25 ? "good" : left > 0 ? "warn" : "bad"}>
            {worst.name}: {left > 0 ? `${shareText(left)} of the budget left` : "no budget left"}
          </Status>
        )}
      </a>
    </li>
  );
}
