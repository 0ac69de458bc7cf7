import { useRef, useState } from "react";
import { onceKey } from "../live/api.ts";
import { useDemo, useReleases } from "../live/asked.ts";
import { type Trouble, troubleOf } from "../live/problem.ts";
import { beginDemo } from "../live/say.ts";
import { go, linkTo } from "../router.ts";
import { sentence, TroubleNote } from "../ui/note.tsx";

/** Only where a demonstration runs, and only what it offers: one click begins a release as any other. */
export function DemoPanel() {
  const offers = useDemo().value ?? [];
  const releases = useReleases().value ?? [];
  const [busy, setBusy] = useState("");
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const key = useRef(onceKey());
  const [first] = offers;
  if (first === undefined) return null;
  const under = releases.find(
    ({ environment, phase }) =>
      environment === first.environment && (phase === "progressing" || phase === "paused" || phase === "reverting"),
  );
  const begin = async (environment: string, name: string) => {
    setBusy(name);
    setTrouble(undefined);
    try {
      const { release } = await beginDemo(environment, name, key.current);
      key.current = onceKey();
      if (release !== undefined) go(linkTo("release", { environment, id: release }));
    } catch (error) {
      setTrouble(troubleOf(error));
    }
    setBusy("");
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
              disabled={busy !== "" || under !== undefined}
              onClick={() => void begin(environment, name)}
            >
              {busy === name ? "Building it …" : title}
            </button>
            <p className="small quiet">{sentence(says)}</p>
          </div>
        ))}
      </div>
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
