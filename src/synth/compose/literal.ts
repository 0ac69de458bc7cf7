/** Text that compose takes as it is: a dollar would begin a variable. */
export function literal(text: string): string {
  return text.replaceAll("$", () => "$$");
}
