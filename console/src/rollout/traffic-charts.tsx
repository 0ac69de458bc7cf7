import type { ReleaseView } from "../live/views.ts";

export function TrafficCharts({ release }: { readonly release: ReleaseView }) {
  return release.changes.length === 0 ? null : null;
}
