import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { synth } from "../../src/synth/index.ts";
import { type Compose, composeProblems } from "../support/compose.ts";
import { subjectOf } from "../support/synth.ts";

type Containers = {
  services: Record<string, { image?: string; volumes?: string[]; ports?: string[] }>;
  volumes?: Record<string, unknown>;
};

async function filesOf(example: "cpa-platform" | "ai-governance"): Promise<ReadonlyMap<string, string>> {
  return new Map(synth(await subjectOf(example)).map(({ path, text }) => [path, text]));
}

describe.each(["cpa-platform", "ai-governance"] as const)("the tools beside %s on a laptop", (example) => {
  test("fit together with the product's own containers, as compose merges the two files", async () => {
    const files = await filesOf(example);
    const own = parse(files.get("docker-compose.yml") ?? "") as Containers;
    const tools = parse(files.get("infra/monitoring/compose.yaml") ?? "") as Containers;
    expect(Object.keys(own.services).filter((name) => Object.hasOwn(tools.services, name))).toEqual([]);
    const merged = { ...own, services: { ...own.services, ...tools.services }, volumes: { ...own.volumes, ...tools.volumes } };
    expect(composeProblems(merged as unknown as Compose)).toEqual([]);
  });

  test("have versions that stay, are reached from this machine alone, and read files that are there", async () => {
    const files = await filesOf(example);
    const { services } = parse(files.get("infra/monitoring/compose.yaml") ?? "") as Containers;
    for (const { image, ports = [], volumes = [] } of Object.values(services)) {
      expect(image).toMatch(/^[a-z0-9./_-]+:v?\d+\.\d+\.\d+$/);
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
      for (const volume of volumes.filter((one) => one.startsWith("./"))) {
        const source = (volume.split(":")[0] ?? "").slice(2);
        expect([source, [...files.keys()].some((path) => path === source || path.startsWith(`${source}/`))]).toEqual([
          source,
          true,
        ]);
      }
    }
  });

  test("tell nobody", async () => {
    const files = await filesOf(example);
    const told = [...files].filter(([path]) => /monitoring\/(local|development)\/(alertmanager|grafana\/alerting)\//.test(path));
    expect(told.length).toBeGreaterThan(0);
    for (const [, text] of told) expect(text).not.toMatch(/_configs:|integrationKey|recipient:/);
  });
});
