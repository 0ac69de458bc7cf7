import type { Environment } from "../../src/spec/environment.ts";
import { resolve } from "../../src/spec/resolve.ts";
import { loadExample } from "./spec.ts";

export async function exampleEnvironment(product: string, name: string): Promise<Environment> {
  const { data } = await loadExample(product);
  return resolve(data, name, product === "ai-governance" ? { cloud: "aws" } : {});
}
