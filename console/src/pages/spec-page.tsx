import { useDeferredValue, useEffect, useMemo, useRef } from "react";
import { useChosenEnvironment, useOrigins } from "../live/asked.ts";
import type { OriginsView } from "../live/views.ts";
import { linkTo, useRoute } from "../router.ts";
import { List } from "../ui/list.tsx";
import { Note, Shown } from "../ui/note.tsx";
import { Panel } from "../ui/panel.tsx";
import { EnvironmentChoice, QueryChoice, QuerySearch } from "../ui/query.tsx";
import { nearest, partOf } from "./part-of.ts";
import { SpecLine } from "./spec-line.tsx";

type Origin = OriginsView["items"][number];

const mostShown = 600;

/** What an environment is, as it was resolved when it was last brought up or released to; and of each value where it was written. */
export function SpecPage() {
  const { environment, names } = useChosenEnvironment();
  const { query } = useRoute();
  const text = query.get("path") ?? "";
  const layer = query.get("layer") ?? "";
  const wanted = useDeferredValue(text.toLowerCase());
  const kept = useOrigins(environment);
  const layers = useMemo(() => [...new Set(kept.value?.items.map(({ from }) => from.layer))].toSorted(), [kept.value]);
  return (
    <>
      <div className="bar">
        <h1>Spec</h1>
        <EnvironmentChoice value={environment} names={names} all={false} />
        <QuerySearch name="path" label="Paths, values and files with this in them" placeholder="services.api.scale …" />
        {layers.length > 1 && (
          <QueryChoice name="layer" label="Written in" any="written anywhere" value={layer} options={layers} />
        )}
      </div>
      <Shown kept={kept}>
        {({ items, known }) => {
          const asked = items.filter((one) => (layer === "" || one.from.layer === layer) && has(one, wanted));
          // What nobody wrote and has nothing in it is there for those who ask for it.
          const found = wanted === "" && layer === "" ? asked.filter((one) => !isNothing(one)) : asked;
          const shown = found.slice(0, mostShown);
          const parts = [...new Set(shown.map(({ path }) => partOf(path)))];
          return (
            <>
              <p className="quiet small">
                {found.length === items.length ? `${items.length} values` : `${found.length} of ${items.length} values`}
                {asked.length > found.length && `, ${asked.length - found.length} empty ones left out`}
                {known && `; ${found.filter(({ overrode }) => overrode.length > 0).length} override another`}.
              </p>
              {!known && (
                <Note>
                  Where each value was written is not known: {environment} was brought up before that was kept.{" "}
                  <code>gantry up</code> brings it along; <code>gantry explain {environment} &lt;path&gt;</code> says it from the
                  files.
                </Note>
              )}
              {found.length === 0 && (
                <Note>
                  Nothing of the kind stands there. <a href={linkTo("spec", {}, { environment })}>Show all values</a>
                </Note>
              )}
              {parts.map((part) => (
                <Panel key={part} title={part} className="part">
                  <List heads={["Path", "Value", "Written"]} as="spec" isHeadHidden>
                    {shown
                      .filter(({ path }) => partOf(path) === part)
                      .map((one) => (
                        <SpecLine key={one.path} of={one} part={part} environment={environment} />
                      ))}
                  </List>
                </Panel>
              ))}
              {found.length > mostShown && <Note>{`${found.length - mostShown} more: write a part of the path.`}</Note>}
              <ToFirst path={query.get("at") ?? ""} rows={shown.length} />
            </>
          );
        }}
      </Shown>
    </>
  );
}

function has({ path, from, overrode }: Origin, wanted: string): boolean {
  if (wanted === "") return true;
  const places = [from, ...overrode].flatMap(({ place, layer }) => [
    layer,
    ...(place === undefined ? [] : [`${place.file}:${place.line}`]),
  ]);
  return [path, JSON.stringify(from.value) ?? "", ...places].some((one) => one.toLowerCase().includes(wanted));
}

function isNothing({ from: { layer, value } }: Origin): boolean {
  return (layer === "default" || layer === "worked out") && typeof value === "object" && Object.keys(value ?? {}).length === 0;
}

/** A link to one value leads to it, wherever it stands; one to a whole to the first of it. */
function ToFirst({ path, rows }: { readonly path: string; readonly rows: number }) {
  const led = useRef("");
  useEffect(() => {
    if (path === "" || led.current === path) return;
    const all = [...document.querySelectorAll<HTMLElement>("[data-path]")];
    const found = nearest(
      path,
      all.map((one) => one.dataset["path"] ?? ""),
    );
    const row = all.find((one) => one.dataset["path"] === found);
    if (row === undefined) return;
    led.current = path;
    row.scrollIntoView({ block: "center" });
  }, [path, rows]);
  return null;
}
