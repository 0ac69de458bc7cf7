import { Component, type ReactNode } from "react";
import { TroubleNote } from "../ui/note.tsx";

/** What breaks on one page leaves the rest as it is, and says so: a mistake of ours, or a part of a build that is no longer there. */
export class Fence extends Component<{ readonly children: ReactNode }, { readonly problem: string | undefined }> {
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
          detail={`this page could not be shown: ${String(problem)}`}
          hint="the server may be of a newer build than this page"
        />
        <button type="button" onClick={() => location.reload()}>
          Load the console anew
        </button>
      </>
    );
  }
}
