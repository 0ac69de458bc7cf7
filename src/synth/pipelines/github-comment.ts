import type { YamlValue } from "../text/yaml.ts";

/** One comment of a kind on a pull request: the next run writes over it. */
export const commentAction: YamlValue = {
  name: "Comment",
  description: "Writes a file into the one comment of its kind on the pull request",
  inputs: {
    mark: { description: "The kind of comment", required: true },
    file: { description: "The file with its text, as Markdown", required: true },
  },
  runs: {
    using: "composite",
    steps: [
      {
        shell: "bash",
        env: {
          GH_TOKEN: "${{ github.token }}",
          PULL_REQUEST: "${{ github.repository }}/issues/${{ github.event.pull_request.number }}",
          COMMENTS: "${{ github.repository }}/issues/comments",
          MARK: "<!-- ${{ inputs.mark }} -->",
          FILE: "${{ inputs.file }}",
        },
        run: [
          "comment=$(mktemp)",
          '{ echo "$MARK"; cat "$FILE"; } > "$comment"',
          'id=$(gh api "repos/$PULL_REQUEST/comments" --paginate --jq ".[] | select(.body | startswith(env.MARK)) | .id")',
          'if [ -n "$id" ]; then',
          '  gh api --method PATCH "repos/$COMMENTS/${id%%$\'\\n\'*}" --field "body=@$comment" --silent',
          "else",
          '  gh api --method POST "repos/$PULL_REQUEST/comments" --field "body=@$comment" --silent',
          "fi",
        ].join("\n"),
      },
    ],
  },
};
