import { useDeferredValue } from "react";
import { useEnvironments, useReleases } from "../live/asked.ts";
import { setQuery, useRoute } from "../router.ts";
import { Shown } from "../ui/note.tsx";
import { DemoPanel } from "./demo-panel.tsx";
import { EnvironmentCard } from "./environment-card.tsx";
import { Matrix } from "./matrix.tsx";

export function OverviewPage() {
  const environments = useEnvironments();
  const releases = useReleases().value ?? [];
  const filter = useRoute().query.get("service") ?? "";
  const deferred = useDeferredValue(filter);
  return (
    <>
      <h1>Overview</h1>
      <DemoPanel />
      <Shown kept={environments}>
        {(all) => {
          const shown = all.filter(({ state }) => state !== "down");
          return (
            <>
              <div className="cards">
                {shown
                  .filter(({ previewOf }) => previewOf === undefined)
                  .map((one) => (
                    <EnvironmentCard key={one.environment} one={one} releases={releases} />
                  ))}
              </div>
              <div className="bar">
                <h2>What runs where</h2>
                <input
                  type="search"
                  aria-label="Services with this in their name"
                  placeholder="service …"
                  value={filter}
                  onChange={(event) => setQuery({ service: event.target.value })}
                />
              </div>
              <Matrix environments={shown} releases={releases} filter={deferred} />
            </>
          );
        }}
      </Shown>
    </>
  );
}
