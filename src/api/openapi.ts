import { z } from "zod";
import { type RouteTable, methodAndPath } from "./route.ts";
import { problem } from "./schema/problem.ts";
import { params } from "./schema/words.ts";

type Json = { readonly [key: string]: unknown };

/** The table as an OpenAPI 3.1 document. Its schemas are JSON Schema 2020-12, which is what zod writes. */
export function openApi(routes: RouteTable, version: string): Json {
  const components = new Map<string, unknown>();
  const schema = (of: z.ZodType, io: "input" | "output"): unknown =>
    taken(z.toJSONSchema(of, { io, unrepresentable: "any" }), components);
  const problemContent = { "application/problem+json": { schema: schema(problem, "output") } };
  const refusal = (description: string) => ({ description, content: problemContent });
  const paths: Record<string, Record<string, unknown>> = {};
  for (const [key, route] of Object.entries(routes)) {
    const { method, path } = methodAndPath(key);
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    const changes = method !== "GET";
    const inPath = names.map((name) => ({
      name,
      in: "path",
      required: true,
      schema: schema((params as Readonly<Record<string, z.ZodType>>)[name] ?? z.string(), "input"),
    }));
    const inQuery = Object.entries(route.query?.shape ?? {}).map(([name, one]) => ({
      name,
      in: "query",
      required: !(one as z.ZodType).safeParse(undefined).success,
      schema: schema(one as z.ZodType, "input"),
    }));
    const answer = schema(route.answers, "output");
    (paths[path] ??= {})[method.toLowerCase()] = {
      operationId: operationId(method, path),
      summary: route.summary,
      ...(route.right === undefined ? { security: [] } : { "x-gantry-right": route.right }),
      parameters: [
        ...inPath,
        ...inQuery,
        ...(changes && route.secret !== true
          ? [header("Idempotency-Key", "Said twice with the same key, it is done once.")]
          : []),
        ...(changes && names.includes("release")
          ? [header("If-Match", "Where the release has changed since, nothing is done.")]
          : []),
        ...(route.streams === true ? [header("Last-Event-ID", "Goes on after this one.")] : []),
      ],
      ...(route.body === undefined
        ? {}
        : { requestBody: { required: true, content: { "application/json": { schema: schema(route.body, "input") } } } }),
      responses: {
        [String(route.status ?? 200)]: {
          description: "Done.",
          content:
            route.streams === true
              ? {
                  "text/event-stream": {
                    schema: { type: "string", description: "`data` of each `event`:" },
                    "x-gantry-event": answer,
                  },
                }
              : { [route.text === true ? "text/plain" : "application/json"]: { schema: answer } },
        },
        ...(route.right === undefined
          ? {}
          : { "401": refusal("Nobody is known to ask."), "403": refusal("Whoever asks may not do this there.") }),
        "429": refusal("Too much was asked in too short a time."),
        default: refusal("Refused: `code` says why."),
      },
    };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Gantry", version, summary: "What runs where, what is on its way, and what may be said to it." },
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas: Object.fromEntries([...components].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "`gty_…`, or the OIDC token of a pipeline." },
        session: { type: "apiKey", in: "cookie", name: "gantry_session" },
      },
    },
  };
}

function header(name: string, description: string): Json {
  return { name, in: "header", required: false, description, schema: { type: "string", maxLength: 200 } };
}

/** `getProductEnvironments`: the same for the same path, so that what is made of it keeps its names. */
function operationId(method: string, path: string): string {
  const words = path
    .replace(/^\/v1\//, "")
    .split("/")
    .map((part) => part.replace(/[{}]/g, "").replace(/^\w/, (first) => first.toUpperCase()));
  return `${method.toLowerCase()}${words.join("").replace(/\W/g, "")}`;
}

/** What a schema defines once goes where all of the document finds it. */
function taken(schema: unknown, components: Map<string, unknown>): unknown {
  const { $schema: _, $defs, ...rest } = schema as { $schema?: unknown; $defs?: Record<string, unknown> } & Json;
  for (const [name, one] of Object.entries($defs ?? {})) components.set(name, referring(one));
  const { id } = rest as { id?: unknown };
  const said = referring(rest);
  if (typeof id !== "string") return said;
  components.set(id, said);
  return { $ref: `#/components/schemas/${id}` };
}

function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]): [string, unknown][] => {
      if (key === "$ref" && typeof one === "string") return [[key, one.replace("#/$defs/", "#/components/schemas/")]];
      // `id` of a schema is how zod names it; a property that is called so stands under `properties`.
      if (key === "id" && typeof one === "string") return [];
      return [[key, referring(one)]];
    }),
  );
}
