#!/usr/bin/env bash
# Stands on PATH as gcloud: hands its words to the stand-in and does what that answers. Bash, because a script calls it a
# hundred times, and this starts in milliseconds.
input=""
for one in "$@"; do
  case $one in
    --data-file=- | --flags-file=-) IFS= read -r -d '' input ;;
  esac
done
exec 3<>"/dev/tcp/127.0.0.1/$STAND_IN_PORT"
printf '%s\0' "$STAND_IN_RUN" "$#" "$@" "$input" >&3
IFS= read -r -d '' status <&3
IFS= read -r -d '' output <&3
IFS= read -r -d '' complaint <&3
printf %s "$output"
printf %s "$complaint" >&2
# The whole process group: the script, and whatever called it.
[[ $status == kill ]] && kill -KILL 0
exit "$status"
