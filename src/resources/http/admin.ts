import { Fault } from "../fault.ts";
import { writeMetrics, type RequestCounter } from "../metrics.ts";
import type { Principals } from "../principals.ts";
import { decoded } from "../sigv4.ts";
import type { Stores } from "../stores.ts";
import { answer, header, type Exchange } from "./exchange.ts";

export type AdminOptions = {
  readonly stores: Stores;
  readonly principals: () => Principals;
  readonly requests: RequestCounter;
  readonly isReady: () => boolean;
  /** Which text of its configuration is in force. */
  readonly configuration: () => string;
};

const loopbackHost = /^(?:127(?:\.\d{1,3}){3}|localhost|(?:[a-z0-9-]+\.)+localhost|\[::1\])(?::\d{1,5})?$/i;

/** What those who run the machine ask: `/_gantry/…`. Names and counts anybody here may read; the rest needs the admin's token. */
export async function serveAdmin(exchange: Exchange, options: AdminOptions): Promise<void> {
  exchange.api = "admin:unknown";
  try {
    // A page of the internet whose name was made to point here.
    if (!loopbackHost.test(header(exchange, "host") ?? ""))
      throw new Fault("Forbidden", 403, "this is only for programs of this machine");
    const [, , what = "", name, id] = exchange.path.split("/").map(decoded);
    const shape = `${exchange.method} ${what}${name === undefined ? "" : " name"}${id === undefined ? "" : " id"}`;
    exchange.api = `admin:${what.replace(/\W/g, "").slice(0, 20)}`;
    await act(exchange, shape, { name: name ?? "", id: id ?? "" }, options);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    json(exchange, error.status, { error: { code: error.code, message: error.message } });
  }
}

async function act(
  exchange: Exchange,
  shape: string,
  { name, id }: { readonly name: string; readonly id: string },
  { stores, principals, requests, isReady, configuration }: AdminOptions,
): Promise<void> {
  switch (shape) {
    case "GET health":
      return json(exchange, isReady() ? 200 : 503, { status: isReady() ? "ready" : "starting", configuration: configuration() });
    case "GET depths":
      return json(exchange, 200, await stores.depths());
    case "GET metrics": {
      const text = writeMetrics({
        requests,
        depths: await stores.depths(),
        buckets: await stores.buckets.totals(),
        mails: stores.mailboxes.kept(),
        brokenLines: await stores.brokenLines(),
      });
      return answer(exchange, 200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }, text);
    }
  }
  if (!principals().isAdmin(header(exchange, "authorization")))
    throw new Fault("Unauthorized", 401, "this needs the admin's token");
  switch (shape) {
    case "GET mail name":
      return json(exchange, 200, { mails: await stores.mailboxes.list(name) });
    case "GET mail name id": {
      const mail = await stores.mailboxes.read(name, id);
      if (!mail) throw new Fault("NotFound", 404, "there is no such mail");
      // As it came, and never run by a browser.
      const headers = {
        "content-type": "message/rfc822",
        "x-content-type-options": "nosniff",
        "content-disposition": "attachment",
      };
      return answer(exchange, 200, headers, mail);
    }
    case "POST keys name id":
      if (id !== "rotate" || !(await stores.keys.rotate(name))) throw new Fault("NotFound", 404, "there is no such key");
      return json(exchange, 200, { rotated: name });
    case "DELETE environments name":
      return json(exchange, 200, { removed: await stores.removeEnvironment(name) });
    default:
      throw new Fault("NotFound", 404, "there is nothing here");
  }
}

function json(exchange: Exchange, status: number, value: object): void {
  answer(exchange, status, { "content-type": "application/json", "cache-control": "no-store" }, `${JSON.stringify(value)}\n`);
}
