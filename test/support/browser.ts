import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { whereIs } from "./programs.ts";

/** Debian's, Ubuntu's, Google's: whichever is here. */
export const browserPath = whereIs("chromium", "chromium-browser", "google-chrome");

/** A real browser; what is shown by it is what a person would see. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(browserPath === undefined ? {} : { executablePath: browserPath }),
    // A container's root has no sandbox of its own; the pages are ours.
    args: ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
  });
}

export type Watched = {
  readonly page: Page;
  /** What the page's own log complained of, and what was thrown: a violation of the policy is among them. */
  readonly complaints: string[];
};

/** A page whose log is read; a server that is away is no complaint. */
export async function watchedPage(context: BrowserContext): Promise<Watched> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => {
    const text = message.text();
    if ((message.type() === "error" || message.type() === "warning") && !text.includes("net::ERR_")) complaints.push(text);
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  return { page, complaints };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds wrong, by all of its rules or by these, as a line each. The page's policy lets no foreign script in, so it is given by the debugger. */
export async function axeFinds(page: Page, only?: readonly string[]): Promise<readonly string[]> {
  const options = { resultTypes: ["violations"], ...(only === undefined ? {} : { runOnly: only }) };
  if (!(await page.evaluate("'axe' in globalThis"))) await page.evaluate(axe);
  const { violations } = (await page.evaluate(`axe.run(document, ${JSON.stringify(options)})`)) as {
    readonly violations: readonly {
      readonly id: string;
      readonly help: string;
      readonly nodes: readonly { readonly html: string }[];
    }[];
  };
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

/** By how much the page is wider than what can be seen of it. */
export function overflowPx(page: Page): Promise<number> {
  return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
}
