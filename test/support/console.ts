import type { BrowserContext } from "playwright-core";
import type { Project } from "./platform.ts";
import { type Watched, watchedPage } from "./browser.ts";

/** A page of the console, come in by a link as a person does. */
export async function openConsole(context: BrowserContext, project: Project): Promise<Watched & { readonly base: string }> {
  const { url } = await project.json<{ readonly url: string }>("open", "--console", "--print");
  const watched = await watchedPage(context);
  await watched.page.goto(url);
  await watched.page.getByRole("heading", { level: 1 }).waitFor();
  return { ...watched, base: new URL(url).origin };
}
