import { useState } from "react";
import { onceKey } from "../live/api.ts";
import { type Trouble, troubleOf } from "../live/problem.ts";
import { refresh } from "../live/resource.ts";
import { endSilence } from "../live/say.ts";

export function EndSilence({ environment, id }: { readonly environment: string; readonly id: string }) {
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const end = async () => {
    setBusy(true);
    try {
      await endSilence(environment, id, onceKey());
      refresh("silences", "alerts");
    } catch (error) {
      setTrouble(troubleOf(error));
    }
    setBusy(false);
  };
  return (
    <span>
      {trouble !== undefined && <span className="status bad small">{trouble.detail} </span>}
      <button type="button" disabled={busy} title="Whoever is to be told of it is told again" onClick={() => void end()}>
        End it
      </button>
    </span>
  );
}
