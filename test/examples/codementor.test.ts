import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { installedRedis, startRedis } from "../support/examples-redis.ts";
import { type TestDatabase } from "../support/examples-postgres.ts";
import { type RunningService } from "../support/examples-services.ts";
import { useExamples } from "../support/examples.ts";

describe("CodeMentor", () => {
  const examples = useExamples();
  let db: TestDatabase;
  let backend: RunningService;
  beforeAll(async () => {
    db = await examples.database("codementor");
    backend = await examples.start("codementor:backend", { DATABASE_URL: db.url, CORS_ORIGINS: "https://codementor.example" });
  });
  const attempt = (body: object, at = backend) => at.ask("POST /attempts", { body });

  test("lessons are listed without what gives their solution away", async () => {
    expect((await backend.ask("GET /health/ready")).status).toBe(200);
    const lessons = JSON.parse((await backend.ask("GET /lessons")).text) as object[];
    expect(lessons).toHaveLength(3);
    expect(lessons[0]).toEqual({ id: 1, title: "Loops", language: "python", task: expect.any(String) as string });
    expect((await backend.ask("GET /lessons/2")).body).toMatchObject({ title: "Recursion" });
    expect((await backend.ask("GET /lessons/99")).status).toBe(404);
    expect((await backend.ask("GET /lessons/x")).status).toBe(404);
  });

  test("an attempt gets a hint, the same for the same code, and a learner's progress adds up", async () => {
    const first = await attempt({ learner: "ada", lesson: 1, code: "while True: pass" });
    expect(first).toMatchObject({ status: 201, body: { passed: false, hint: 'Could it be said without "while"?' } });
    expect((await attempt({ learner: "ada", lesson: 1, code: "for i in range(1, 11): print(i)" })).body).toMatchObject({
      passed: true,
    });
    expect(JSON.parse((await backend.ask("GET /progress/ada")).text)).toMatchObject([
      { lesson: 1, attempts: 2, passed: true },
      { lesson: 2, attempts: 0, passed: false },
      { lesson: 3, attempts: 0, passed: false },
    ]);
    const list = JSON.parse((await backend.ask("GET /attempts?learner=ada")).text) as { passed: boolean }[];
    expect(list.map(({ passed }) => passed)).toEqual([true, false]);
    const metrics = await backend.metrics();
    expect(metrics.get('attempts_total{passed="true"}')).toBe(1);
    expect(metrics.get("tutor_tokens_total")).toBeGreaterThan(10);
    expect(metrics.get('cache_requests_total{result="hit"}')).toBeGreaterThan(0);
  });

  test.each([
    [{ learner: "ada", lesson: 1 }, 400],
    [{ learner: "a b", lesson: 1, code: "" }, 400],
    [{ learner: "ada", lesson: 0, code: "" }, 400],
    [{ learner: "ada", lesson: 99, code: "" }, 404],
    [[], 400],
  ])("%j is refused", async (body, status) => expect((await attempt(body)).status).toBe(status));

  test("who tries thirty times in a minute is to think first", async () => {
    const answers = await Promise.all(Array.from({ length: 62 }, () => attempt({ learner: "hasty", lesson: 1, code: "" })));
    // A minute may end in the middle: then there are twice as many, and still not all.
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(30);
  });

  test("browsers may call it from the origins that its environment names", async () => {
    const origin = async (from: string) =>
      (await backend.ask("GET /lessons", { headers: { origin: from } })).headers.get("access-control-allow-origin");
    expect(await origin("https://codementor.example")).toBe("https://codementor.example");
    expect(await origin("https://other.example")).toBeNull();
  });

  test.skipIf(!installedRedis)("with a redis, two instances remember the same (needs redis-server)", async () => {
    const redis = await startRedis(installedRedis ?? "");
    onTestFinished(redis.stop);
    const env = { DATABASE_URL: db.url, REDIS_URL: `redis://127.0.0.1:${redis.port}` };
    const [one, two] = await Promise.all([examples.start("codementor:backend", env), examples.start("codementor:backend", env)]);
    for (const at of [one, two]) await at.ask("GET /lessons");
    const hits = async (at: RunningService) => (await at.metrics()).get('cache_requests_total{result="hit"}');
    expect([await hits(one), await hits(two)]).toEqual([0, 1]);
  });
});
