import type { z } from "zod";
import type { Right } from "./rights.ts";

// One table says what the API is: it is mounted, published as OpenAPI, and called by a client that takes its types from it.

/** `GET /v1/products/{product}`: what it is called by, also by the client. */
export type RouteKey = `${"GET" | "POST" | "DELETE"} /${string}`;

export type Route = {
  readonly summary: string;
  /** What whoever asks has to have, in the environment that the path names; nothing where anybody may ask. */
  readonly right: Right | undefined;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly answers: z.ZodType;
  readonly status?: 200 | 201 | 202;
  /** Events of a stream, of which `answers` is what each carries. */
  readonly streams?: true;
  /** Its answer is text, and not JSON. */
  readonly text?: true;
  /** Its answer is a secret: it is given once, and kept nowhere to be given again. */
  readonly secret?: true;
  /** Where the path names no environment: what is not of an environment that may be read is left out, so that anybody known may ask. */
  readonly filtered?: true;
};

export type RouteTable = Readonly<Record<RouteKey, Route>>;

/** The names in the braces of a path. */
export type ParamsIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}` ? Name | ParamsIn<Rest> : never;

type NoneWhere<Needed, Value> = [Needed] extends [never] ? unknown : Value;

/** What is given to a route by whoever calls it. */
export type Given<Key extends string, One extends Route> = NoneWhere<
  ParamsIn<Key>,
  { readonly params: Readonly<Record<ParamsIn<Key>, string>> }
> &
  (One["query"] extends z.ZodType ? { readonly query?: z.input<One["query"]> } : unknown) &
  (One["body"] extends z.ZodType ? { readonly body: z.input<One["body"]> } : unknown);

/** What a route gets after it was read. */
export type Taken<Key extends string, One extends Route> = {
  readonly params: Readonly<Record<ParamsIn<Key>, string>>;
  readonly query: One["query"] extends z.ZodType ? z.output<One["query"]> : undefined;
  readonly body: One["body"] extends z.ZodType ? z.output<One["body"]> : undefined;
};

export type AnswerOf<One extends Route> = Unchangeable<z.input<One["answers"]>>;

type Unchangeable<Value> = Value extends readonly (infer One)[]
  ? readonly Unchangeable<One>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Unchangeable<Value[Key]> }
    : Value;

export function route<const One extends Route>(one: One): One {
  return one;
}

export function methodAndPath(key: string): { readonly method: string; readonly path: string } {
  const [method = "", path = ""] = key.split(" ", 2);
  return { method, path };
}
