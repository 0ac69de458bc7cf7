// Stands in for the Express backend.
import { answer } from "./answer.mjs";
import { frameworks } from "./frameworks.mjs";

let asked = 0;

answer(
  {
    "GET /api/frameworks": () => {
      asked += 1;
      return frameworks.map(({ id, title, checks }) => ({ id, title, checks: checks.length }));
    },
    "GET /api/evidence": () => ({
      database: Boolean(process.env.DATABASE_URL),
      store: Boolean(process.env.MINIO_URL),
      items: [],
    }),
    "GET /metrics": () => `# TYPE framework_lists_total counter\nframework_lists_total ${asked}\n`,
  },
  { port: 4000 },
);
