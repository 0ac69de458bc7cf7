import { html } from "./html.ts";
import { page } from "./page.ts";

export type Said = {
  readonly status: 400 | 403 | 404 | 429 | 502;
  readonly title: string;
  readonly says: string;
  /** Whether there is something to try again. */
  readonly again: boolean;
};

/** Why somebody is not logged in. Nothing that came from outside is repeated on it. */
export function loginPage({ title, says, again }: Said, issuer: string | undefined): string {
  return page(
    title,
    html`<h1>${title}</h1>
      <p class="said refused" role="alert">${says}</p>
      ${again ? [html`<p><a href="/login">Log in with ${issuer}</a> · <a href="/">To the console</a></p>`] : []}`,
  );
}
