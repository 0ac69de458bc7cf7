const known = 256;
const table = new Float64Array(known);
for (let n = 2; n < known; n++) table[n] = (table[n - 1] ?? 0) + Math.log(n);
const halfLogTau = Math.log(2 * Math.PI) / 2;

/** log n!, to rounding. */
export function logFactorial(n: number): number {
  if (n < known) return table[n] ?? 0;
  const inverse = 1 / n;
  const square = inverse * inverse;
  return (
    (n + 0.5) * Math.log(n) - n + halfLogTau + inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1_260 - square / 1_680)))
  );
}
