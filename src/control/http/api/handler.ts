import type { AnswerOf, Route, Taken } from "../../../api/route.ts";
import type { Routes } from "../../../api/routes.ts";
import type { Asker } from "./asker.ts";

export type Circumstances = {
  readonly asker: Asker;
  readonly signal: AbortSignal;
  /** The version that whoever asks has seen, without its quotes. */
  readonly ifMatch: string | undefined;
  readonly idempotencyKey: string | undefined;
  /** The version of what is answered. */
  readonly etag: (version: string) => void;
};

/** One document of a stream; with an id a reader can go on after it. */
export type Streamed = { readonly event: string; readonly data: unknown; readonly id?: string };

type StreamKey = { [Key in keyof Routes]: Routes[Key] extends { readonly streams: true } ? Key : never }[keyof Routes];
export type AnswerKey = Exclude<keyof Routes, StreamKey>;

export type Handler<Key extends string, One extends Route> = (
  given: Taken<Key, One> & Circumstances,
) => AnswerOf<One> | Promise<AnswerOf<One>>;

/** Who answers each route of the table. */
export type Answers = { readonly [Key in AnswerKey]: Handler<Key, Routes[Key]> };

export type Following = {
  readonly lastEventId: string | undefined;
  /** Who asks, asked anew: a stream goes on for hours, and nobody may what was taken away meanwhile. */
  readonly again: () => Promise<Asker | undefined>;
};

export type Streams = {
  readonly [Key in StreamKey]: (given: Taken<Key, Routes[Key]> & Circumstances & Following) => AsyncIterable<Streamed>;
};

/** Some of them: what one subject answers. */
export type Part<Key extends AnswerKey> = Pick<Answers, Key>;
