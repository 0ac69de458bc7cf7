// The JSON Schema of a product as plain data, for editors and for programs that write specs.
import { z } from "zod";

export async function productSchemaText() {
  const { productSchema } = await import("../../dist/spec/schema/product.js");
  const schema = z.toJSONSchema(productSchema, { io: "input", unrepresentable: "any", reused: "ref" });
  return `${JSON.stringify({ title: "A product of Gantry as plain data", ...schema }, undefined, 2)}\n`;
}
