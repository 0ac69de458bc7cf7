import { expect, test } from "vitest";
import type { RunWrite } from "../../store/runs.ts";
import { createWriter } from "./writer.ts";

const one = { id: "a", epoch: 1, schemaVersion: 1, events: [], notices: [], replies: [] } as unknown as RunWrite;

function writerThatMeets(error: unknown) {
  const write = () => Promise.reject(error);
  return createWriter({ runs: { write } as never }, "owner", 5_000);
}

test.each([
  ["ended its sessions", { code: "57P01" }],
  ["lost its connection", { code: "08006" }],
  ["has no room", { code: "53100" }],
  ["reset the connection", { code: "ECONNRESET" }],
  ["has gone without a word", new Error("Connection terminated unexpectedly")],
])("a server that %s says nothing of what was to be written: that is no failure of the run", async (_, error) => {
  await expect(writerThatMeets(error)(one)).rejects.toBe(error);
});

test.each([
  ["a second run that wants the environment for itself", { code: "23505", constraint: "run_alone" }, "refused"],
  ["what cannot be written", { code: "22P05" }, "failed"],
])("%s is told to the run", async (_, error, is) => {
  expect(await writerThatMeets(error)(one)).toMatchObject({ is });
});
