import type { Asks } from "../../delivery/machine.ts";

/** Something that people are to be told, as it lies in the outbox. */
export type Notice = {
  readonly schemaVersion: 1;
  readonly product: string;
  readonly environment: string;
  readonly kind: "alert" | "test" | "release";
  /** `told`: nobody has to do anything about it. */
  readonly status: "firing" | "acknowledged" | "resolved" | "told";
  /** What it tells of, where that says more than the status: "rolled-back". */
  readonly moment?: string;
  /** The same for everything that is told of one occurrence: whoever receives it twice can tell. */
  readonly dedupKey: string;
  readonly title: string;
  readonly text: string;
  readonly severity: "critical" | "high" | "warning" | "medium" | "info";
  readonly since: string;
  readonly until?: string;
  /** What it is about, as `services.api`. */
  readonly of?: string;
  readonly owner?: string;
  readonly runbook?: string;
  readonly link?: string;
  /** What somebody is to decide: where, is looked up when it is sent, for a link is kept nowhere in the clear. */
  readonly asks?: Asks & { readonly run: string };
  readonly labels: Readonly<Record<string, string>>;
};

/** A channel of the spec, with what opens it. */
export type Address = {
  readonly name: string;
  readonly kind: "slack" | "pagerduty" | "email" | "webhook";
  readonly address: string;
  /** The value of its secret: an incoming webhook's URL, a routing key, an SMTP URL, signing keys. */
  readonly key: string;
};

/** Numbered in the outbox: what is sent again bears the same. */
export type Envelope = { readonly id: string; readonly createdAt: Date; readonly notice: Notice };

/** What became of an attempt. `again` keeps it, `never` gives it up, `gone` gives up the whole channel. */
export type Outcome =
  | { readonly is: "sent" }
  | { readonly is: "again"; readonly why: string; readonly afterMs?: number }
  | { readonly is: "never" | "gone"; readonly why: string };

export type Request = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** What its link is for. */
export function linkText({ asks }: Notice): string {
  return asks === undefined ? "Look at it" : "Say yes or no";
}

/** As it is said in one line. */
export function headline({ kind, status, title, environment }: Notice): string {
  const said = kind === "release" ? "" : { firing: "", acknowledged: "Acknowledged: ", resolved: "Resolved: ", told: "" }[status];
  return `${said}${title} (${environment})`;
}

/** Cut to so many characters, whole ones, with a sign that it was. */
export function within(text: string, most: number): string {
  const characters = Array.from(text);
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join("")}…`;
}
