/** One note of a kind on a merge request: the next run writes over it. */
export const commentScript = `#!/usr/bin/env bash
# Usage: comment.sh KIND FILE
# Writes a file into the one note of its kind on the merge request.
set -euo pipefail

mark="<!-- $1 -->"
notes="$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests/$CI_MERGE_REQUEST_IID/notes"

ask() {
  curl --fail --silent --show-error --header "PRIVATE-TOKEN: $COMMENT_TOKEN" "$@"
}

note=$(ask "$notes?per_page=100" | jq --arg mark "$mark" '[.[] | select(.body | startswith($mark))][0].id // empty')
body=$(mktemp)
{ echo "$mark"; cat "$2"; } > "$body"
if [ -n "$note" ]; then
  ask --request PUT --data-urlencode "body@$body" --output /dev/null "$notes/$note"
else
  ask --request POST --data-urlencode "body@$body" --output /dev/null "$notes"
fi
`;
