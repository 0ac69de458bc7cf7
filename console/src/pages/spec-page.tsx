import { useDeferredValue } from "react";
import { useChosenEnvironment, useSpec } from "../live/asked.ts";
import { EnvironmentChoice } from "../rollout/releases-page.tsx";
import { setQuery, useRoute } from "../router.ts";
import { Note, Shown } from "../ui/note.tsx";
import { leavesOf } from "./leaves.ts";

const mostShown = 1_500;

/** What an environment is, as it was resolved when it was last brought up or released to. */
export function SpecPage() {
  const { environment, names } = useChosenEnvironment();
  const filter = useRoute().query.get("path") ?? "";
  const wanted = useDeferredValue(filter.toLowerCase());
  const kept = useSpec(environment);
  return (
    <>
      <div className="bar">
        <h1>Spec</h1>
        <EnvironmentChoice value={environment} names={names} all={false} />
        <input
          type="search"
          aria-label="Paths and values with this in them"
          placeholder="services.api.scale …"
          value={filter}
          onChange={(event) => setQuery({ path: event.target.value })}
        />
      </div>
      <Shown kept={kept}>
        {(spec) => {
          const leaves = leavesOf(spec.environment).filter(
            ({ path, text }) => wanted === "" || path.toLowerCase().includes(wanted) || text.toLowerCase().includes(wanted),
          );
          return (
            <>
              <p className="quiet small">
                {leaves.length} values. Where each was written, and what it overrode, says{" "}
                <code>gantry explain {environment} &lt;path&gt;</code>.
              </p>
              {leaves.length === 0 && <Note>Nothing of the kind stands there.</Note>}
              <table className="list spec">
                <thead>
                  <tr>
                    <th scope="col">Path</th>
                    <th scope="col">Value</th>
                  </tr>
                </thead>
                <tbody>
                  {leaves.slice(0, mostShown).map(({ path, text }) => (
                    <tr key={path}>
                      <td data-label="Path">
                        <code>{path}</code>
                      </td>
                      <td data-label="Value">
                        <code>{text}</code>
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              {leaves.length > mostShown && <Note>{`${leaves.length - mostShown} more: write a part of the path.`}</Note>}
            </>
          );
        }}
      </Shown>
    </>
  );
}
