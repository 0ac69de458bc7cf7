import { replaceControls } from "../../lib/text.ts";

/** Text from a spec or a command line, as text of a page: nothing in it becomes markup, and nothing that nobody sees stays in it. */
export function escaped(text: string): string {
  return replaceControls(text, () => "�").replace(/[&<>"'`]/g, (one) => `&#${one.charCodeAt(0)};`);
}
