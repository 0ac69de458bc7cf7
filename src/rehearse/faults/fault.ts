/** What is wrong with a new revision, or with what it needs; plain data. */
export type Fault = {
  /** As it was written, and as it is told. */
  readonly text: string;
  /** The service whose new revision has it; where none is said, the one that the policy watches. */
  readonly service?: string;
  /** After the new revision became ready; of a dependency after the release began. */
  readonly fromMs: number;
  /** It stays where none is said. */
  readonly forMs?: number;
} & FaultKind;

export type FaultKind =
  /** So many of its requests fail that would not have. */
  | { readonly fault: "errors"; readonly share: number }
  /** All of its answers take so many times as long. */
  | { readonly fault: "latency"; readonly times: number }
  /** It crashes so long after it became ready, each time. */
  | { readonly fault: "crash" }
  | { readonly fault: "crash-at-start" }
  /** Its memory is full so long after it became ready: it gets slow, is killed, and begins again. */
  | { readonly fault: "leak"; readonly fullAfterMs: number }
  /** Its smoke tests fail. */
  | { readonly fault: "smoke" }
  /** Something that old and new need fails so many of the requests: none of the release's doing. */
  | { readonly fault: "dependency"; readonly share: number };
