import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { openApi } from "./openapi.ts";
import { methodAndPath } from "./route.ts";
import { routes } from "./routes.ts";
import { params } from "./schema/words.ts";

const document = openApi(routes, "1.0.0") as {
  readonly paths: Record<
    string,
    Record<string, { operationId: string; parameters: { name: string; in: string; required: boolean }[] }>
  >;
  readonly components: { readonly schemas: Record<string, object> };
};

test("every route stands in the document once, under a name of its own", () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
  expect(operations).toHaveLength(Object.keys(routes).length);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
});

test("what stands in braces is a parameter of the path, and has a schema that bounds it", () => {
  for (const key of Object.keys(routes)) {
    const { method, path } = methodAndPath(key);
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
    for (const name of names) expect(Object.keys(params), key).toContain(name);
    const said = document.paths[path]?.[method.toLowerCase()]?.parameters
      .filter((one) => one.in === "path")
      .map(({ name }) => name);
    expect(said, key).toEqual(names);
  }
});

test("its schemas are JSON Schema 2020-12, and nothing refers to what is not there", () => {
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? "");
  expect(refs.length).toBeGreaterThan(20);
  for (const ref of new Set(refs))
    expect(Object.keys(document.components.schemas), ref).toContain(ref.replace("#/components/schemas/", ""));
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: "https://gantry.test/openapi", ...document });
  for (const name of Object.keys(document.components.schemas))
    expect(() => ajv.compile({ $ref: `https://gantry.test/openapi#/components/schemas/${name}` }), name).not.toThrow();
});

test("a query that may be left out is not required, and one that may not is", () => {
  const query = document.paths["/v1/products/{product}/environments/{environment}/query"]?.["get"]?.parameters ?? [];
  expect(Object.fromEntries(query.filter((one) => one.in === "query").map(({ name, required }) => [name, required]))).toEqual({
    expr: true,
    atMs: false,
    rangeMs: false,
    stepMs: false,
  });
});
