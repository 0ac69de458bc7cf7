/** A message as it is kept, for queues and for subscriptions alike. */
export type Message = {
  readonly id: string;
  /** The order in which they came. */
  readonly sequence: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Messages of one group come one after the other where the queue keeps the order. */
  readonly group?: string;
  readonly sentAt: number;
  readonly sender: string;
};

export type MessageAttribute = { readonly type: string; readonly text?: string; readonly base64?: string };

export type NewMessage = Pick<Message, "body" | "attributes" | "group" | "sender"> & {
  readonly id?: string;
  readonly delayMs?: number;
};

/** A message in the hands of somebody who took it. */
export type Taken = {
  readonly message: Message;
  readonly handle: string;
  readonly tries: number;
  readonly firstTakenAt: number;
};

export function bytesOf({ body, attributes }: Pick<Message, "body" | "attributes">): number {
  return Object.entries(attributes).reduce(
    (sum, [name, { type, text, base64 }]) =>
      sum +
      Buffer.byteLength(name) +
      Buffer.byteLength(type) +
      Buffer.byteLength(text ?? "") +
      Buffer.byteLength(base64 ?? "", "base64"),
    Buffer.byteLength(body),
  );
}
