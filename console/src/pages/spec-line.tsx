import type { OriginsView } from "../live/views.ts";
import { linkTo, useRoute } from "../router.ts";
import { isIn } from "./part-of.ts";

type Origin = OriginsView["items"][number];
type Said = Origin["overrode"][number];

/** One value: its path, what it is, the line that says so, and what that line overrode. */
export function SpecLine({
  of,
  part,
  environment,
}: {
  readonly of: Origin;
  readonly part: string;
  readonly environment: string;
}) {
  const { path, from, overrode } = of;
  const at = useRoute().query.get("at") ?? "";
  const shown = path.startsWith(part) ? path.slice(part.length).replace(/^\./, "") : path;
  return (
    <tr data-path={path} className={at !== "" && isIn(path, at) ? "chosen" : ""}>
      <td data-label="Path">
        <a href={linkTo("spec", {}, { environment, at: path })} title={`${path}: a link to it`}>
          <code>{shown === "" ? path : shown}</code>
        </a>
      </td>
      <td data-label="Value">
        <code>{valueText(from.value)}</code>
      </td>
      <td data-label="Written">
        <Where of={from} />
        {overrode.map((one, index) => (
          <div key={index} className="quiet small">
            instead of <code>{valueText(one.value)}</code>, <Where of={one} />
          </div>
        ))}
      </td>
    </tr>
  );
}

function Where({ of: { layer, why, place } }: { readonly of: Said }) {
  if (layer === "unknown") return <span className="quiet">–</span>;
  return (
    <span className="small">
      <span className={`layer ${layer.split(" ", 1)[0] ?? ""}`}>{layer}</span>
      {place !== undefined && (
        <code title={`line ${place.line}, column ${place.column}`}>
          {" "}
          {place.file}:{place.line}
        </code>
      )}
      {why !== undefined && <span className="quiet"> {why}</span>}
    </span>
  );
}

function valueText(value: unknown): string {
  if (typeof value === "object" && value !== null && "ref" in value && typeof value.ref === "string") {
    const attribute = "attribute" in value && typeof value.attribute === "string" ? `.${value.attribute}` : "";
    return `→ ${value.ref}${attribute}`;
  }
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "–");
}
