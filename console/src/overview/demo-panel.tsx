import { useState } from "react";
import { useDemo, useReleases } from "../live/asked.ts";
import { useMay } from "../live/may.ts";
import { beginDemo } from "../live/say.ts";
import { useSaying } from "../live/use-saying.ts";
import { go, linkTo } from "../router.ts";
import { sentence, TroubleNote } from "../ui/note.tsx";
import { Only } from "../ui/only.tsx";

/** Only where a demonstration runs, and only what it offers: one click begins a release as any other. */
export function DemoPanel() {
  const offers = useDemo().value ?? [];
  const releases = useReleases().value ?? [];
  const [begun, setBegun] = useState("");
  const { busy, trouble, say } = useSaying();
  const [first] = offers;
  const may = useMay("release", first?.environment ?? "");
  if (first === undefined) return null;
  const under = releases.find(
    ({ environment, phase }) =>
      environment === first.environment && (phase === "progressing" || phase === "paused" || phase === "reverting"),
  );
  const begin = (environment: string, name: string) => {
    setBegun(name);
    return say(async (key) => {
      const { release } = await beginDemo(environment, name, key);
      if (release !== undefined) go(linkTo("release", { environment, id: release }));
    });
  };
  return (
    <section className="demo" aria-label="Demonstration">
      <p>
        <strong>This is a demonstration.</strong> Its traffic is made up; its services, database, gateway and gates are real.
      </p>
      <div className="offers">
        {offers.map(({ name, environment, title, says }) => (
          <div key={name}>
            <button
              type="button"
              className={name === "bad" ? "grave" : "main"}
              disabled={busy || under !== undefined || may === false}
              onClick={() => void begin(environment, name)}
            >
              {busy && begun === name ? "Building it …" : title}
            </button>
            <p className="small quiet">{sentence(says)}</p>
          </div>
        ))}
      </div>
      <Only right="release" environment={first.environment} does="to begin one" />
      {under !== undefined && (
        <p className="small">
          <a href={linkTo("release", { environment: under.environment, id: under.id })}>{under.title}</a> is on its way: one at a
          time.
        </p>
      )}
      {trouble !== undefined && <TroubleNote detail={trouble.detail} hint={trouble.hint} />}
    </section>
  );
}
