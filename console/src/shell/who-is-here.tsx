import { useWho } from "../live/asked.ts";

/** As whom the server knows whoever looks, and what they may; and the way out of a login. Who came by a link of this machine has nothing to leave. */
export function WhoIsHere() {
  const who = useWho().value;
  if (who === undefined) return null;
  const { name, by, owner, grants } = who;
  const roles = grants.map(({ role, product, environment }) => `${role} of ${product}/${environment}`).join(", ");
  if (by === "oidc")
    return (
      <button type="button" className="plain" title={`Logged in as ${name}: ${roles}`} onClick={() => void logOut()}>
        Log out <span className="name">{name}</span>
      </button>
    );
  return (
    <span className="who quiet small" title={`${owner ? "the owner of this machine" : "known by the server"}: ${roles}`}>
      {name}
      <span className="hidden">, {roles}</span>
    </span>
  );
}

async function logOut(): Promise<void> {
  await fetch("/logout", { method: "POST" }).catch(() => undefined);
  // What was shown was theirs: nothing of it stays on the page.
  location.reload();
}
