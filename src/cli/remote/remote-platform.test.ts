import { expect, test } from "vitest";
import { createClient } from "../../api/client.ts";
import type { Routes } from "../../api/routes.ts";
import { remotePlatform } from "./remote-platform.ts";

/** A server that answers everything with the same. */
function platformOf(answer: unknown, isForEyes: boolean) {
  const api = createClient<Routes>({
    base: "http://there",
    send: () =>
      Promise.resolve({ status: 200, headers: { get: () => null }, text: () => Promise.resolve(JSON.stringify(answer)) }),
  });
  return remotePlatform(api, { server: "http://there", product: "shop", isForEyes });
}

const hostile = {
  items: [{ environment: "dev\u001b[2J\u009b31m", state: "up", because: "one\ntwo", "k\u001b": 1 }],
};

test("nothing that a server elsewhere says is obeyed by a terminal; a program gets it as it is", async () => {
  const status = (isForEyes: boolean) =>
    platformOf(hostile, isForEyes).get<{ environments: object[] }>("/v1/status?product=shop");
  const [shown] = (await status(true)).environments;
  expect(shown).toEqual({ environment: "dev\\u001b[2J\\u009b31m", state: "up", because: "one\ntwo", "k\\u001b": 1 });
  expect((await status(false)).environments).toEqual(hostile.items);
});

test("what a socket answers and no API does is said to be of the machine", async () => {
  const platform = platformOf({}, true);
  await expect(platform.get("/v1/agent")).rejects.toMatchObject({ code: "only-here" });
  await expect(platform.send("/v1/up", {}).next()).rejects.toMatchObject({ code: "only-here" });
  // No name of an object's own is a question.
  await expect(platform.get("/constructor")).rejects.toMatchObject({ code: "only-here" });
  await expect(platform.get("constructor")).rejects.toMatchObject({ code: "only-here" });
});
