import { Fragment, type ReactNode } from "react";

/** What is asked first of something, each beside its answer; what there is no answer to is left out. */
export function Facts({ of }: { readonly of: Readonly<Record<string, ReactNode>> }) {
  const said = Object.entries(of).filter(([, value]) => value !== undefined && value !== "");
  return (
    <dl className="answers">
      {said.map(([name, value]) => (
        <Fragment key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </Fragment>
      ))}
    </dl>
  );
}
