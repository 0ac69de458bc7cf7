import { call } from "./call.ts";
import { errorFields, log } from "./log.ts";
import { traceHeaders } from "./trace.ts";

export type Topic = { readonly publish: (event: Readonly<Record<string, unknown>>) => Promise<void> };

/** A topic by the Pub/Sub protocol where the environment names one. `name` may be short or `projects/…/topics/…`. */
export function topicOfEnvironment(name: string | undefined): Topic | undefined {
  const { PUBSUB_EMULATOR_HOST: host, GANTRY_RESOURCE_TOKEN: token = "", GANTRY_PRODUCT: project = "example" } = process.env;
  if (!host || !name) return undefined;
  const full = name.startsWith("projects/") ? name : `projects/${project}/topics/${name}`;
  const url = `${host.includes("://") ? host : `http://${host}`}/v1/${full}:publish`;
  return {
    // An event tells what has already happened; that nobody heard of it does not undo it.
    publish: async (event) => {
      const body = JSON.stringify({
        messages: [{ data: Buffer.from(JSON.stringify(event)).toString("base64"), attributes: traceHeaders() }],
      });
      try {
        const headers = { "content-type": "application/json", authorization: `Bearer ${token}` };
        const { ok, status } = await call(url, { method: "POST", headers, body });
        if (!ok) log("warn", "an event was not published", { status });
      } catch (error) {
        log("warn", "an event was not published", errorFields(error));
      }
    },
  };
}
