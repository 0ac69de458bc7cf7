// Stands in for the FastAPI backend: the same routes, and no model behind them.
import { answer } from "./answer.mjs";

const lessons = [
  { id: 1, title: "Loops", language: "python" },
  { id: 2, title: "Recursion", language: "python" },
];
const attempts = [];

answer(
  {
    "GET /health": () => ({ status: "ok", database: Boolean(process.env.DATABASE_URL), cache: Boolean(process.env.REDIS_URL) }),
    "GET /lessons": () => lessons,
    "GET /attempts": () => attempts,
    "POST /attempts": ({ lesson = 1, code = "" }) => {
      const attempt = {
        id: attempts.length + 1,
        lesson,
        hint: code.includes("while") ? "Could a for loop say it more simply?" : "Run it once more by hand.",
      };
      attempts.push(attempt);
      return attempt;
    },
  },
  { origins: (process.env.CORS_ORIGINS ?? "http://localhost:3000").split(",") },
);
