import { errorFields, log } from "./log.ts";
import { pause, stopping } from "./stopping.ts";

/**
 * Does `step` again and again until the process is asked to end: at once after a step that found work, else after a rest.
 * The step at hand is finished first.
 */
export async function repeat(step: () => Promise<boolean>, { restMs = 200 } = {}): Promise<void> {
  while (!stopping.aborted) {
    const found = await step().catch(async (error: unknown) => {
      log("error", "a round failed", errorFields(error));
      await pause(1_000);
      return false;
    });
    if (!found) await pause(restMs);
  }
}
