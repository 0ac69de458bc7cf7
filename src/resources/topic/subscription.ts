/** What a subscription is, as it is kept and as Pub/Sub says it. */
export type Subscription = {
  readonly name: string;
  readonly topic: string;
  readonly environment: string;
  readonly ackDeadlineMs: number;
  readonly ordered: boolean;
  readonly pushEndpoint?: string;
  readonly keepMs: number;
  readonly deadLetter?: { readonly topic: string; readonly tries: number };
};

/** Something on this machine, and nothing else: a push is no way out, nor into what listens elsewhere. */
export function loopbackUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || url.protocol !== "http:" || url.username !== "" || url.password !== "") return undefined;
  return /^(?:127(?:\.\d{1,3}){3}|localhost|(?:[a-z0-9-]+\.)+localhost|\[::1\])$/.test(url.hostname) ? url : undefined;
}
