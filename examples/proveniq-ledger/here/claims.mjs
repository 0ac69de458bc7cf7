/** Ten made-up claims of one partner, always the same for the same partner. */
export function sampleClaims(partnerId) {
  return Array.from({ length: 10 }, (_, index) => ({
    id: `${partnerId}-${index + 1}`,
    partnerId,
    item: ["watch", "painting", "bicycle", "camera", "ring"][index % 5],
    amount: 100 * (index + 1),
    state: index % 3 === 0 ? "settled" : "open",
  }));
}
