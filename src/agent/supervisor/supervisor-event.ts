/** What happens to the replicas, for whoever sends them work and for whoever keeps account. Lines in it bear no secrets. */
export type SupervisorEvent =
  | { readonly kind: "replica-ready"; readonly key: string; readonly id: string; readonly port?: number }
  /** It gets no more work; it may come back. Told also the moment a ready one has ended. */
  | { readonly kind: "replica-unready"; readonly key: string; readonly id: string; readonly reason: string }
  | {
      readonly kind: "replica-exited";
      readonly key: string;
      readonly id: string;
      readonly reason: string;
      readonly tail: readonly string[];
      /** It was asked to. */
      readonly wanted: boolean;
    }
  /** For good. */
  | { readonly kind: "replica-gone"; readonly key: string; readonly id: string }
  | { readonly kind: "unit-failed"; readonly key: string; readonly reason: string; readonly tail: readonly string[] }
  | {
      readonly kind: "job-ended";
      readonly key: string;
      readonly ok: boolean;
      readonly reason: string;
      readonly tail: readonly string[];
    };
