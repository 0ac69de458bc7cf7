import { json } from "../../shared/answer.ts";
import { createCache } from "../../shared/cache.ts";
import { connectDatabase } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { integer, object, read, text } from "../../shared/input.ts";
import { counter } from "../../shared/metrics.ts";
import { redisOfEnvironment } from "../../shared/redis.ts";
import { runService } from "../../shared/service.ts";
import { setBaggage } from "../../shared/trace.ts";
import { type Lesson, review } from "./tutor.ts";

// Stands in for the FastAPI backend: lessons, attempts at them, and a hint for each attempt.
const db = connectDatabase({ max: 10 });
const redis = redisOfEnvironment();
const cache = createCache(redis);
const attempts = counter("attempts_total", "Attempts at lessons.", [{ passed: "true" }, { passed: "false" }]);

const learner = text({ max: 64, pattern: /^[\w.@-]+$/, says: "must be a name: letters, digits, . @ _ -" });
const attempt = object({ learner, lesson: integer({ min: 1 }), code: text({ min: 0, max: 20_000 }) });

/** Lessons change with a release, and then nobody remembers the old ones for longer than a minute. */
const lessons = (): Promise<Lesson[]> =>
  cache.through("lessons", 60, () =>
    db.rows<Lesson>("select id, title, language, task, expects, avoids from lessons order by id"),
  );

async function lessonOf(id: number): Promise<Lesson> {
  const lesson = (await lessons()).find((one) => one.id === id);
  if (!lesson) throw new HttpError(404, "no-lesson", "there is no such lesson");
  return lesson;
}

/** Without what would give the solution away. */
const shown = ({ id, title, language, task }: Lesson): object => ({ id, title, language, task });

runService({
  health: { live: "/health", ready: "/health/ready" },
  ready: db.ping,
  origins: (process.env["CORS_ORIGINS"] ?? "http://localhost:3000").split(","),
  close: [db.close, async () => redis?.isReady && redis.close()],
  routes: {
    "GET /lessons": async () => (await lessons()).map(shown),
    "GET /lessons/:id": async ({ params }) => shown(await lessonOf(Number(params["id"]))),
    "GET /attempts": async ({ query }) => {
      const name = read(object({ learner }), { learner: query.get("learner") ?? undefined }, "query").learner;
      return db.rows(
        `select id::int, lesson_id as lesson, passed, hint, created_at as "createdAt" from attempts
         where learner = $1 order by attempts.id desc limit 50`,
        [name],
      );
    },
    "POST /attempts": async (request) => {
      const given = read(attempt, await request.json());
      setBaggage({ uid: given.learner });
      if (!(await cache.allows(`attempts:${given.learner}`, 30, 60)))
        throw new HttpError(429, "too-many", "at most 30 attempts a minute: think first, then try");
      const { passed, hint, tokens } = review(await lessonOf(given.lesson), given.code);
      attempts({ passed: String(passed) });
      const made = await db.row<{ id: number }>(
        "insert into attempts (learner, lesson_id, code, passed, hint, tokens) values ($1, $2, $3, $4, $5, $6) returning id::int",
        [given.learner, given.lesson, given.code, passed, hint, tokens],
      );
      return json(201, { id: made?.id, lesson: given.lesson, passed, hint });
    },
    "GET /progress/:learner": async ({ params }) => {
      const name = read(learner, params["learner"], "learner");
      return db.rows(
        `select l.id as lesson, l.title, count(a.id)::int as attempts, coalesce(bool_or(a.passed), false) as passed
         from lessons l left join attempts a on a.lesson_id = l.id and a.learner = $1
         group by l.id order by l.id`,
        [name],
      );
    },
  },
});
