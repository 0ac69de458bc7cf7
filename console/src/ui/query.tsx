import { setQuery, useRoute } from "../router.ts";

// What is chosen on a page stands in its address, under a name of its own.

export function QuerySearch({
  name,
  label,
  placeholder,
}: {
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
}) {
  return (
    <input
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={useRoute().query.get(name) ?? ""}
      onChange={(event) => setQuery({ [name]: event.target.value })}
    />
  );
}

export function QueryChoice({
  name,
  label,
  options,
  any,
  value,
  textOf = (option) => option,
}: {
  readonly name: string;
  readonly label: string;
  readonly options: readonly string[];
  /** What choosing none of them is called, where that can be. */
  readonly any?: string | undefined;
  readonly value: string;
  readonly textOf?: (option: string) => string;
}) {
  return (
    <select aria-label={label} value={value} onChange={(event) => setQuery({ [name]: event.target.value })}>
      {any !== undefined && <option value="">{any}</option>}
      {options.map((option) => (
        <option key={option} value={option}>
          {textOf(option)}
        </option>
      ))}
    </select>
  );
}

/** What is chosen is among them, whether or not it is up. */
export function EnvironmentChoice({
  value,
  names,
  all = true,
}: {
  readonly value: string;
  readonly names: readonly string[];
  readonly all?: boolean;
}) {
  return (
    <QueryChoice
      name="environment"
      label="Environment"
      any={all ? "all environments" : undefined}
      value={value}
      options={[...new Set(value === "" ? names : [value, ...names])]}
    />
  );
}
