/** Odds on a scale of powers: from even odds on the left to what decides on the right. */
export function EvidenceBar({
  evidence,
  needed,
  tone,
  says,
}: {
  readonly evidence: number;
  readonly needed: number;
  readonly tone: "good" | "bad";
  readonly says: string;
}) {
  const share = Math.max(0, Math.min(1, Math.log(Math.max(1, evidence)) / Math.log(needed)));
  return (
    <span className="odds">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect className="track" width="100" height="6" />
        <rect className={share >= 1 ? tone : "some"} width={share * 100} height="6" />
      </svg>
      <span className="small">
        {says}
        {share >= 1 && ", decided"}
      </span>
    </span>
  );
}
