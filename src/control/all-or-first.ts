/** Waits for all, so that nothing goes on behind the answer; then tells the first failure. */
export async function allOrTheFirstFailure(work: readonly Promise<unknown>[]): Promise<void> {
  const done = await Promise.allSettled(work);
  const failed = done.find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
}
