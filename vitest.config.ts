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
    // Vitest would leave a core to itself; most tests wait for processes that they started.
    maxWorkers: Math.max(2, availableParallelism()),
    unstubEnvs: true,
  },
});
