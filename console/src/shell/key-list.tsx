import { Dialog } from "../ui/dialog.tsx";
import type { Key } from "./keys.ts";

export function KeyList({ keys, onClose }: { readonly keys: readonly Key[]; readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className="keys">
        {keys.map(({ keys: pressed, does }) => (
          <div key={pressed}>
            <dt>
              {pressed.split(" ").map((one) => (
                <kbd key={one}>{one}</kbd>
              ))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">Close</button>
      </form>
    </Dialog>
  );
}
