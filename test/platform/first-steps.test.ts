import { rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PlatformStatus } from "../../src/wire/up.ts";
import { type Project, ask, makeProject } from "../support/platform.ts";

let project: Project;
beforeAll(() => {
  project = makeProject(undefined);
});
afterAll(() => project.remove());

test("what init writes comes up at once, with its database, in a folder without any package", async () => {
  expect((await project.run("init", "--yes", "--name", "shop")).status).toBe(0);
  expect((await project.run("up")).status).toBe(0);
  const { gatewayPort = 0 } = await project.json<PlatformStatus>("status");
  const { text } = await ask(gatewayPort, "api.local.localhost", "/");
  expect(JSON.parse(text)).toMatchObject({ hello: "from your service", environment: "local", database: true });
});

test("an environment of which nothing says how it runs here is refused, with what to write", async () => {
  rmSync(path.join(project.folder, "gantry.config.ts"));
  const spec = `import { local, product, service } from "gantry";
export default product("shop", { services: [service("api")], environments: { local: local() } });
`;
  const { writeFileSync } = await import("node:fs");
  writeFileSync(path.join(project.folder, "gantry.config.ts"), spec);
  const { status, err } = await project.run("up");
  expect([status, err]).toEqual([2, expect.stringContaining('here: here("services/api.ts")')]);
});
