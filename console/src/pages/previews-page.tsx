import { usePreviews } from "../live/asked.ts";
import { linkTo } from "../router.ts";
import { Ago } from "../ui/ago.tsx";
import { List } from "../ui/list.tsx";
import { Note, Shown } from "../ui/note.tsx";
import { State } from "../ui/status.tsx";

export function PreviewsPage() {
  return (
    <>
      <h1>Previews</h1>
      <Shown kept={usePreviews()}>
        {(all) =>
          all.length === 0 ? (
            <Note>
              There is none. <code>gantry preview create my-idea</code> makes one of the code in a folder, with data of its own
              and an end.
            </Note>
          ) : (
            <List heads={["Preview", "Of", "State", "Made", "Goes", "Address"]}>
              {all.map(({ name, of, state, createdAt, expiresAt, url }) => (
                <tr key={`${of} ${name}`}>
                  <td data-label="Preview">
                    <a href={linkTo("environment", { environment: `${of}.${name}` })}>{name}</a>
                  </td>
                  <td data-label="Of">{of}</td>
                  <td data-label="State">
                    <State state={state} />
                  </td>
                  <td data-label="Made">
                    <Ago at={createdAt} />
                  </td>
                  <td data-label="Goes">{expiresAt === undefined ? "–" : <Ago at={expiresAt} />}</td>
                  <td data-label="Address">
                    {url !== undefined && (
                      <a href={url} target="_blank" rel="noreferrer">
                        {url.replace(/^https?:\/\//, "")} <span aria-hidden="true">↗</span>
                      </a>
                    )}
                  </td>
                </tr>
              ))}
            </List>
          )
        }
      </Shown>
    </>
  );
}
