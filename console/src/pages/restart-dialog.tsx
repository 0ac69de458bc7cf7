import { refresh } from "../live/resource.ts";
import { restart } from "../live/say.ts";
import { useSaying } from "../live/use-saying.ts";
import { Dialog } from "../ui/dialog.tsx";
import { TroubleNote } from "../ui/note.tsx";

export function RestartDialog({
  environment,
  service,
  onClose,
}: {
  readonly environment: string;
  readonly service: string;
  readonly onClose: () => void;
}) {
  const { busy, trouble, say } = useSaying();
  const press = () =>
    say(async (key) => {
      await restart(environment, service, key);
      refresh("environments");
      onClose();
    });
  return (
    <Dialog title={`Restart ${service}`} onClose={onClose}>
      <p>
        Starts {service} of {environment} anew, one replica after the other; requests are answered meanwhile. It is written down
        with your name.
      </p>
      {trouble !== undefined && <TroubleNote detail={trouble.detail} hint={trouble.hint} />}
      <div className="actions">
        <button type="button" className="main" disabled={busy} onClick={() => void press()}>
          {busy ? "Restarting it …" : "Restart"}
        </button>
        <button type="button" onClick={onClose}>
          Leave it
        </button>
      </div>
    </Dialog>
  );
}
