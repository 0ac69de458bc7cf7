import { memo } from "react";
import type { EnvironmentStatus } from "../live/views.ts";
import { linkTo } from "../router.ts";
import { SplitBar } from "../ui/split-bar.tsx";
import { State } from "../ui/status.tsx";
import { countText, shareText } from "../words/numbers.ts";

type Service = EnvironmentStatus["services"][number];

export type Shown = {
  readonly environment: string;
  readonly service: Service;
  /** The version of each revision that has traffic, in the order of `serving`. */
  readonly versions: string;
  /** The revision that a release brings. */
  readonly coming: string | undefined;
};

/** One service in one environment: drawn anew only when something of it has changed. */
export const ServiceCell = memo(function ServiceCell({ environment, service, versions, coming }: Shown) {
  const serving = service.revisions.filter(({ weight }) => weight > 0);
  const names = versions.split("\n");
  const ready = serving.reduce((sum, one) => sum + one.ready, 0);
  const { requests = 0, errors = 0 } = service;
  return (
    <a className="cell" href={linkTo("environment", { environment }, { service: service.service })}>
      <span className="line">
        <State state={service.state} />
        <code title={serving.map(({ revision }) => revision).join(", ")}>{names.join(" + ")}</code>
      </span>
      {serving.length > 1 && (
        <SplitBar
          parts={serving.map(({ revision, weight }, index) => ({
            name: names[index] ?? revision,
            weight,
            isNew: revision === coming,
          }))}
        />
      )}
      <span className="quiet small">
        {serving.length > 1 && `${serving.map(({ weight }) => `${weight} %`).join(" / ")} · `}
        {countText(ready, "replica")}
        {service.requests !== undefined && ` · ${countText(requests, "request")}`}
        {errors > 0 && ` · ${shareText(errors / Math.max(1, requests))} failed`}
      </span>
    </a>
  );
});
