/** What was rehearsed, as people call it. */
export function faultText(faults: readonly string[]): string {
  const wrong = faults.filter((fault) => fault !== "none" && fault !== "a good release");
  return wrong.length === 0 ? "a good release" : wrong.join(" and ");
}

export function isFaulty(faults: readonly string[]): boolean {
  return faultText(faults) !== "a good release";
}

export function trafficText(traffic: readonly string[]): string {
  return traffic.length === 0 ? "the usual" : traffic.join(", ");
}
