import { expect, test } from "vitest";
import { requestOfLine } from "./request-line.ts";

test.each([
  [
    { message: "GET /health", path: "/health", status: 200 },
    { path: "/health", status: 200 },
  ],
  [
    { path: "/health?deep=1", status: "204" },
    { path: "/health", status: 204 },
  ],
  [
    { "url.path": "/api/progress/7", "http.response.status_code": 503 },
    { path: "/api/progress/7", status: 503 },
  ],
  [
    { "http.target": "/a", "http.status_code": 200 },
    { path: "/a", status: 200 },
  ],
  [
    { level: 30, req: { method: "GET", url: "/health" }, res: { statusCode: 200 } },
    { path: "/health", status: 200 },
  ],
  [{ httpRequest: { requestUrl: "https://shop.example/health#x", status: 200 } }, { path: "/health", status: 200 }],
  [
    { url: "https://shop.example", statusCode: 301 },
    { path: "/", status: 301 },
  ],
])("%j is about a request", (line, request) => {
  expect(requestOfLine(JSON.stringify(line))).toEqual(request);
});

test.each([
  'GET /health 200 "path":"/health"',
  '{"message":"a file","path":"/health"}',
  '{"path":"/health","status":"ok"}',
  '{"path":7,"status":200}',
  '{"path":"/health","status":200',
  '["path","/health"]',
  `{"path":"/health","status":200,"more":"${"x".repeat(20_000)}"}`,
])("%s is not", (line) => {
  expect(requestOfLine(line)).toBeUndefined();
});
