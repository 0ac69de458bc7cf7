import { useEnvironments, useReleases } from "../live/asked.ts";
import { versionsIn } from "../overview/versions.ts";
import { Note, Shown } from "../ui/note.tsx";
import { ServicePanel } from "./service-panel.tsx";

/** One service, wherever it runs. */
export function ServicePage({ service }: { readonly service: string }) {
  const kept = useEnvironments();
  const releases = useReleases().value ?? [];
  return (
    <>
      <h1>{service}</h1>
      <Shown kept={kept}>
        {(all) => {
          const found = all.flatMap((one) =>
            one.services.flatMap((each) => (each.service === service ? [{ environment: one.environment, each }] : [])),
          );
          if (found.length === 0) return <Note>No service of that name is up here.</Note>;
          return found.map(({ environment, each }) => (
            <ServicePanel
              key={environment}
              title={environment}
              environment={environment}
              service={each}
              versions={versionsIn(releases)}
              charts
            />
          ));
        }}
      </Shown>
    </>
  );
}
