import { expect, expectTypeOf, test } from "vitest";
import { type Sent, ApiProblem, createClient } from "./client.ts";
import type { Routes } from "./routes.ts";

type Asked = Sent & { readonly url: string };

function clientThatAnswers(status: number, text: string) {
  const asked: Asked[] = [];
  const client = createClient<Routes>({
    base: "http://here",
    send: (url, sent) => {
      asked.push({ url, ...sent });
      return Promise.resolve({ status, headers: { get: () => null }, text: () => Promise.resolve(text) });
    },
  });
  return { client, asked };
}

test("what is given goes into path, query, body and headers, and nothing of it becomes another part of the address", async () => {
  const { client, asked } = clientThatAnswers(200, '{"release":"a","ok":true,"because":"it stays"}');
  const params = { product: "shop", environment: "../prod?x=1#", release: "a/b" };
  const key = "POST /v1/products/{product}/environments/{environment}/releases/{release}/commands";
  const said = await client(key, { params, body: { verb: "pause" } }, { ifMatch: '"7"', idempotencyKey: "k" });
  expectTypeOf(said).toEqualTypeOf<{ readonly release: string; readonly ok: boolean; readonly because: string }>();
  expect(asked[0]?.url).toBe("http://here/v1/products/shop/environments/..%2Fprod%3Fx%3D1%23/releases/a%2Fb/commands");
  expect(asked[0]?.body).toBe('{"verb":"pause"}');
  expect(asked[0]?.headers).toMatchObject({ "if-match": '"7"', "idempotency-key": "k", "content-type": "application/json" });
});

test("a refusal is thrown with its code, also where something else than the API answers", async () => {
  const problem = { type: "urn:gantry:error:no-right", title: "No", status: 403, code: "no-right", detail: "you may not" };
  const { client } = clientThatAnswers(403, JSON.stringify(problem));
  await expect(client("GET /v1/whoami")).rejects.toMatchObject({ status: 403, problem, message: "you may not" });
  const { client: proxied } = clientThatAnswers(502, "<html>Bad gateway</html>");
  const error = await proxied("GET /v1/whoami").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  expect((error as ApiProblem).problem.code).toBe("not-reachable");
  for (const [status, text] of [
    [200, "<html>Log in</html>"],
    [302, ""],
  ] as const)
    await expect(clientThatAnswers(status, text).client("GET /v1/whoami")).rejects.toMatchObject({
      problem: { code: "not-reachable" },
    });
});
