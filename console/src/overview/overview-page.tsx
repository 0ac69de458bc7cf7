import { useDeferredValue } from "react";
import { useEnvironments, useReleases } from "../live/asked.ts";
import { useRoute } from "../router.ts";
import { Note, Shown } from "../ui/note.tsx";
import { QuerySearch } from "../ui/query.tsx";
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
          if (shown.length === 0)
            return (
              <Note>
                Nothing is up. <code>gantry up</code> brings an environment of the spec up here; it appears by itself.
              </Note>
            );
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
                <QuerySearch name="service" label="Services with this in their name" placeholder="service …" />
              </div>
              <Matrix environments={shown} releases={releases} filter={deferred} />
            </>
          );
        }}
      </Shown>
    </>
  );
}
