import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    exclude: ["**/node_modules/**", "test/fixtures/**"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The command line is tested as it is shipped: built once, before everything.
    globalSetup: ["test/support/built.ts"],
    // Half of the tests wait for processes that they started: one worker more than this machine has cores.
    maxWorkers: availableParallelism() + 1,
    unstubEnvs: true,
  },
});
