import { createCell } from "./cell.ts";

/** `lost` says since when; `out` is a server that answers and does not know whoever asks. */
export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "lost"; readonly sinceMs: number; readonly because: string }
  | { readonly state: "out" };

export const connection = createCell<Connection>({ state: "connecting" });
