import { type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

// A browser without a screen: it keeps cookies by host, and goes where it is sent one step at a time.

export type Page = {
  readonly url: string;
  readonly status: number;
  readonly location: string | undefined;
  readonly text: string;
};

export type Visitor = {
  /** One step. A form is sent as a page would send it. */
  visit(url: string, form?: Readonly<Record<string, string>>): Promise<Page>;
  /** Goes on while it is sent on, until somewhere that is answered, or that `until` knows. */
  follow(url: string, until?: (url: string) => boolean): Promise<Page>;
  /** What it keeps for a host, as it would send it. */
  cookies(url: string): string;
  /** What was set there the last time, as it came. */
  readonly lastSet: readonly string[];
};

const mostSteps = 20;

export function createVisitor({ ca }: { readonly ca?: string } = {}): Visitor {
  const jars = new Map<string, Map<string, string>>();
  let lastSet: readonly string[] = [];
  const jarOf = (url: string): Map<string, string> => {
    const { host } = new URL(url);
    const jar = jars.get(host) ?? new Map<string, string>();
    jars.set(host, jar);
    return jar;
  };
  const cookies = (url: string) => [...jarOf(url)].map(([name, value]) => `${name}=${value}`).join("; ");
  const visit: Visitor["visit"] = async (url, form) => {
    const body = form === undefined ? undefined : new URLSearchParams(form).toString();
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const isTls = url.startsWith("https:");
      const options = {
        method: body === undefined ? "GET" : "POST",
        agent: false as const,
        headers: {
          cookie: cookies(url),
          ...(body === undefined
            ? {}
            : {
                "content-type": "application/x-www-form-urlencoded",
                "content-length": String(Buffer.byteLength(body)),
                origin: new URL(url).origin,
              }),
        },
        ...(isTls && ca !== undefined ? { ca } : {}),
      };
      (isTls ? requestHttps : requestHttp)(url, options, resolve).once("error", reject).end(body);
    });
    let text = "";
    for await (const part of response.setEncoding("utf8")) text += String(part);
    lastSet = response.headers["set-cookie"] ?? [];
    for (const line of lastSet) {
      const [, name = "", value = ""] = /^([^=;]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0(?:;|$)|expires=thu, 01 jan 1970/i.test(line)) jarOf(url).delete(name);
      else jarOf(url).set(name, value);
    }
    const { location } = response.headers;
    return {
      url,
      status: response.statusCode ?? 0,
      location: location === undefined ? undefined : new URL(location, url).href,
      text,
    };
  };
  return {
    visit,
    cookies,
    get lastSet() {
      return lastSet;
    },
    async follow(url, until = () => false) {
      let at = url;
      for (let steps = 0; steps < mostSteps; steps += 1) {
        const page = await visit(at);
        if (page.location === undefined || until(page.location)) return page;
        at = page.location;
      }
      throw new Error(`sent on more than ${mostSteps} times, at last to ${at}`);
    },
  };
}
