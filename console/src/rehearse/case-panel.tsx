import { budgetText, chanceText, countText, timeText } from "../../../src/rehearse/words/estimates.ts";
import type { RehearsalCase } from "../live/views.ts";
import { LateCharts } from "../ui/late-charts.tsx";
import { List } from "../ui/list.tsx";
import { Panel } from "../ui/panel.tsx";
import { spanText } from "../words/time.ts";
import { shareText } from "../words/numbers.ts";
import { type Estimate, estimateOf } from "./estimates.ts";
import { IntervalBar } from "./interval-bar.tsx";
import { faultText, isFaulty } from "./words.ts";

type Spread = RehearsalCase["summary"]["users"];
type Row = {
  readonly what: string;
  readonly text: string;
  readonly of?: Estimate;
  readonly most?: number;
  readonly tone: "good" | "bad" | "some";
};

/** What came of it: the answers first, then each number with where the truth lies. */
export function CasePanel({ of }: { readonly of: RehearsalCase }) {
  const { summary, faults, traffic, takenBackBy, policy } = of;
  const isBad = isFaulty(faults);
  const [mostMs = 0] = takenBackBy.at(-1) ?? [];
  return (
    <Panel
      title={isBad ? `A release with ${faultText(faults)}` : "A good release"}
      beside={
        <span className="quiet small">
          {traffic}
          {policy !== undefined && `, ${policy}`}
        </span>
      }
    >
      <Headline of={of} isBad={isBad} />
      {takenBackBy.length > 0 && mostMs > 0 && (
        <LateCharts
          of={[
            {
              title: isBad ? "Taken back by when" : "Taken back by mistake, by when",
              unit: "%",
              across: "span",
              most: 100,
              lines: [{ name: "since its first request", as: "new", points: curveOf(takenBackBy) }],
            },
          ]}
        />
      )}
      <List heads={[`Of ${summary.runs} runs`, "Value (95 % confidence)", "Where the truth lies"]} as="rows">
        {rowsOf(summary, isBad).map(({ what, text, of: estimate, most, tone }) => (
          <tr key={what}>
            <td>{what}</td>
            <td data-label="Value" className="number">
              {text}
            </td>
            <td>{estimate !== undefined && <IntervalBar of={estimate} most={most ?? 1} tone={tone} />}</td>
          </tr>
        ))}
      </List>
    </Panel>
  );
}

/** What is asked first. */
function Headline({ of: { summary }, isBad }: { readonly of: RehearsalCase; readonly isBad: boolean }) {
  const { takenBack, detectedAfterMs, users, errors, fullAfterMs } = summary;
  const median = (spread: Spread | undefined, text: (value: number) => string) => {
    const value = spread?.median.value ?? undefined;
    return value === undefined ? "not known" : text(value);
  };
  const figures: readonly (readonly [what: string, value: string])[] = isBad
    ? [
        ["found and taken back", percentOf(takenBack.value)],
        ["until it is known (median)", median(detectedAfterMs, spanText)],
        ["users see it fail (median)", median(users, (value) => String(Math.round(value)))],
        ["requests fail (median)", median(errors, (value) => String(Math.round(value)))],
      ]
    : [
        ["taken back by mistake", percentOf(takenBack.value)],
        ["ends healthy", percentOf(summary.healthy.value)],
        ["until it has all traffic (median)", median(fullAfterMs, spanText)],
      ];
  return (
    <ul className="figures">
      {figures.map(([what, value]) => (
        <li key={what}>
          <strong>{value}</strong>
          <span className="quiet small">{what}</span>
        </li>
      ))}
    </ul>
  );
}

function percentOf(value: number | null): string {
  return value === null ? "not known" : shareText(value);
}

function rowsOf(summary: RehearsalCase["summary"], isBad: boolean): readonly Row[] {
  const { takenBack, causes, healthy, notReleased, detectedAfterMs, fullAfterMs, users, errors, requests, budget } = summary;
  const chance = (what: string, told: RehearsalCase["summary"]["healthy"], tone: Row["tone"]): Row => {
    const of = estimateOf(told);
    return { what, text: chanceText(of), of, tone };
  };
  const spread = (what: string, told: Spread | undefined, text: (of: Estimate) => string): readonly Row[] => {
    if (told === undefined || told.of === 0) return [];
    const [median, p95] = [estimateOf(told.median), estimateOf(told.p95)];
    const most = Math.max(...[median.value, median.to, p95.value, p95.to].filter(Number.isFinite));
    const bar = (of: Estimate) => (most > 0 ? { of, most } : {});
    return [
      { what: `${what}, median`, text: text(median), tone: "some", ...bar(median) },
      { what: `${what}, in 95 of 100 at most`, text: text(p95), tone: "some", ...bar(p95) },
    ];
  };
  return [
    chance(isBad ? "Taken back" : "Taken back by mistake", takenBack, isBad ? "good" : "bad"),
    ...causes.map(({ cause, chance: of }) => chance(`… by ${cause}`, of, isBad ? "good" : "bad")),
    chance("Ended healthy", healthy, isBad ? "bad" : "good"),
    ...((notReleased.value ?? 0) > 0 ? [chance("Not released", notReleased, "some")] : []),
    ...spread("Time until it was known", detectedAfterMs, timeText),
    ...spread("Time until it has all traffic", fullAfterMs, timeText),
    ...spread("Users who saw it fail", users, countText),
    ...spread("Requests that it failed", errors, countText),
    ...spread("Requests that it answered", requests, countText),
    ...spread("Error budget burnt", budget, budgetText),
  ];
}

/** From nobody at the beginning; a share stays until the next step of it. */
function curveOf(takenBackBy: RehearsalCase["takenBackBy"]): readonly (readonly [number, number])[] {
  return [[0, 0], ...takenBackBy.map(([ms = 0, share = 0]) => [ms, share * 100] as const)];
}
