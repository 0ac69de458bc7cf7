const most = 2 ** 56;

/**
 * Whether a trace is among the share that is recorded: told by the last 56 bits of its id, which are random
 * (https://www.w3.org/TR/trace-context-2/#random-trace-id-flag), so that whoever asks with the same share gets the same answer.
 */
export function isSampled(traceId: string, share: number): boolean {
  if (share >= 1) return true;
  if (share <= 0) return false;
  const high = Number.parseInt(traceId.slice(-14, -7), 16);
  const low = Number.parseInt(traceId.slice(-7), 16);
  return high * 2 ** 28 + low >= (1 - share) * most;
}
