import { useRef, useState } from "react";
import { onceKey } from "./api.ts";
import { type Trouble, troubleOf } from "./problem.ts";

/** Something that is said to the server: under one key until it was heard, so that the same press again is harmless where no answer came. */
export function useSaying() {
  const key = useRef(onceKey());
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | undefined>();
  const say = async (saying: (key: string) => Promise<unknown>) => {
    setBusy(true);
    setTrouble(undefined);
    try {
      await saying(key.current);
      key.current = onceKey();
    } catch (error) {
      setTrouble(troubleOf(error));
    }
    setBusy(false);
  };
  return { busy, trouble, say };
}
