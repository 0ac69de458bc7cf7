import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import type { Streamed } from "./handler.ts";
import { streamed } from "./streamed.ts";

afterEach(() => void vi.useRealTimers());

const beatMs = 15_000;
const decoder = new TextDecoder();
const one: Streamed = { event: "event", id: "7", data: { what: "a\nb" } };

function reading(events: AsyncIterable<Streamed>, errors: unknown[] = []) {
  const gone = new AbortController();
  const reader = streamed(events, { gone, onError: (error) => void errors.push(error) }).body?.getReader();
  const next = async () => {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    return done ? undefined : decoder.decode(value);
  };
  return { gone, reader, next };
}

test("is written as server-sent events, the same for all who read it, and ends with what it is of", async () => {
  const two = async function* () {
    yield one;
    yield { event: "moved", data: 1 };
  };
  for (const { next } of [reading(two()), reading(two())]) {
    expect(await next()).toBe("retry: 1000\n\n");
    expect(await next()).toBe('id: 7\nevent: event\ndata: {"what":"a\\nb"}\n\n');
    expect(await next()).toBe("event: moved\ndata: 1\n\n");
    expect(await next()).toBeUndefined();
  }
});

test("while nothing happens it says that it is there, once where nobody reads, and no more once it has ended", async () => {
  vi.useFakeTimers();
  let happens: (() => void) | undefined;
  const { next } = reading(
    (async function* () {
      await new Promise<void>((resolve) => (happens = resolve));
      yield one;
    })(),
  );
  await next();
  const first = next();
  await vi.advanceTimersByTimeAsync(beatMs);
  expect(await first).toBe(": here\n\n");
  // Nobody reads for a long time.
  await vi.advanceTimersByTimeAsync(20 * beatMs);
  happens?.();
  await vi.advanceTimersByTimeAsync(0);
  expect(await next()).toBe(": here\n\n");
  expect(await next()).toContain("id: 7");
  expect(await next()).toBeUndefined();
  await vi.advanceTimersByTimeAsync(2 * beatMs);
  expect(vi.getTimerCount()).toBe(0);
});

test("whoever goes away is told of, and no timer is left", async () => {
  vi.useFakeTimers();
  const errors: unknown[] = [];
  const { gone, reader, next } = reading(
    (async function* () {
      await new Promise(() => {});
      yield one;
    })(),
    errors,
  );
  await next();
  await reader?.cancel();
  expect([gone.signal.aborted, vi.getTimerCount(), errors]).toEqual([true, 0, []]);
});

test("what fails is told to the one who runs it, and to the reader as an end", async () => {
  const errors: unknown[] = [];
  const { next } = reading(
    (async function* () {
      yield one;
      await sleep(1);
      throw new Error("the database is away");
    })(),
    errors,
  );
  expect([await next(), await next(), await next()]).toEqual(["retry: 1000\n\n", expect.stringContaining("id: 7"), undefined]);
  expect(errors).toEqual([new Error("the database is away")]);
});
