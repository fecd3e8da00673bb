#!/usr/bin/env bash
# Prints the README's commands of the client with what they print, as Markdown.
# Usage: docs/clients.sh [http://127.0.0.1:8000]; run from the root of the project.
set -eu
export PRECIS_URL=${1:-http://127.0.0.1:8000}
precis() { python3 -m precis "$@"; }
export -f precis

show() { # show WHAT LANGUAGE COMMAND
  printf '%s\n\n```%s\n%s\n```\n\n```text\n' "$1" "$2" "$3"
  if [ "$2" = sh ]; then bash -c "$3"; else python3 -c "${3//http:\/\/127.0.0.1:8000/$PRECIS_URL}"; fi | fold -s -w 100
  printf '```\n\n'
}

show '`precis` reads a file or standard input. Progress and warnings go to standard error, and the exit
status tells what went wrong; `precis --help` is its manual.' sh \
'precis summarise seeds/articles/en-harbour-bridge.txt --to fr --short
echo "The bridge was closed on Monday." | precis translate --to fr'

show 'From Python; `stream` yields the same answer part by part.' python \
'from pathlib import Path
from precis import Client

article = Path("seeds/articles/en-harbour-bridge.txt").read_text()
answer = Client("http://127.0.0.1:8000").summarise(article, targets=["fr"], lengths=["short"])
for sentence in answer["summaries"]["short"]["sentences"]:
    span = sentence["evidence"][0]
    print(sentence["text"], "<-", article[span["start"] : span["end"]])'
