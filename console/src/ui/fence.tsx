import { Component, type ReactNode } from "react";
import { TroubleNote } from "./note.tsx";

type Given = { readonly what: string; readonly children: ReactNode };

/** What breaks in one part leaves the rest as it is, and says so: a mistake of ours, or a part of a build that is no longer there. */
export class Fence extends Component<Given, { readonly problem: string | undefined }> {
  override state = { problem: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    const { problem } = this.state;
    if (problem === undefined) return this.props.children;
    return (
      <>
        <TroubleNote
          detail={`${this.props.what} could not be shown: ${String(problem)}`}
          hint="the server may be of a newer build than this page"
        />
        <button type="button" onClick={() => this.setState({ problem: undefined })}>
          Try again
        </button>{" "}
        <button type="button" onClick={() => location.reload()}>
          Load the console anew
        </button>
      </>
    );
  }
}
