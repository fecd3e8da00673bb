#!/usr/bin/env bash
# Prints the README's calls with what a running service answers, as Markdown.
# Usage: docs/examples.sh [http://127.0.0.1:8000]; run from the root of the project.
set -eu
url=${1:-http://127.0.0.1:8000}

call() { # call WHAT LANGUAGE COMMAND FILTER
  printf '%s\n\n```sh\n%s\n```\n\n```%s\n' "$1" "$3" "$2"
  bash -c "set -o pipefail; ${3//localhost:8000/${url#http://}}" | eval "$4"
  printf '```\n\n'
}

pretty='python3 -c "import json, sys; print(json.dumps(json.load(sys.stdin), ensure_ascii=False, indent=2))"'

call 'The texts alone, for the shell: each summary, then its translations.' text \
"curl -s --data-binary @seeds/articles/en-harbour-bridge.txt \\
  -H 'Content-Type: text/plain' -H 'Accept: text/plain' \\
  'localhost:8000/v1/summaries?targets=fr'" 'fold -s -w 100'

call 'Everything, as JSON. `evidence` are code points into the text as sent.' json \
"curl -s localhost:8000/v1/summaries -H 'Content-Type: application/json' -d '{
  \"text\": \"The council of Port Ellery voted on Monday to rebuild the harbour bridge. Work starts in May. It will cost 42 million euros, the mayor said.\",
  \"targets\": [\"fr\"], \"lengths\": [\"short\"]}'" "$pretty"

call 'An article in a language without a model: its own sentences.' text \
"curl -s --data-binary @seeds/articles/de-nachtzug.txt \\
  -H 'Content-Type: text/plain' -H 'Accept: text/plain' \\
  'localhost:8000/v1/summaries?lengths=short&method=extractive'" 'fold -s -w 100'

call 'Translations keep line breaks; a list comes back as a list.' json \
"curl -s localhost:8000/v1/translations -H 'Content-Type: application/json' \\
  -d '{\"text\": [\"The bridge was closed on Monday.\", \"12 %\"], \"targets\": [\"fr\"]}'" "$pretty"

call 'What is offered for a language.' json \
"curl -s localhost:8000/v1/languages | python3 -c \\
  'import json, sys; print(json.dumps([r for r in json.load(sys.stdin) if r[\"code\"] == \"en\"][0]))'" cat

call 'Errors are RFC 9457 problem details, with a `code` for programs and a `detail` for people.' json \
"curl -s localhost:8000/v1/summaries -H 'Content-Type: application/json' -d '{\"text\": \"\", \"lenghts\": []}'" "$pretty"
