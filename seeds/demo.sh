#!/usr/bin/env bash
# Starts the service on a free port, summarises an article of seeds/ and translates it through
# curl, prints what came back, and stops. Usage: seeds/demo.sh DIRECTORY_OF_GUNICORN
set -euo pipefail
bin=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
port=$("$bin/python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
url="http://127.0.0.1:$port"
cd "$here/.."
export no_proxy=127.0.0.1 NO_PROXY=127.0.0.1 # what goes out by a proxy does not come to loopback
PORT=$port PRECIS_HOST=127.0.0.1 PRECIS_API_KEYS='' REDIS_URL='' \
  PRECIS_CACHE_DIRECTORY="$work/cache" \
  "$bin/gunicorn" 2>"$work/log" &
server=$!
stop() { kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$work"; }
trap stop EXIT

for _ in $(seq 240); do
  curl --silent --fail --output /dev/null "$url/readyz" && break
  kill -0 "$server" 2>/dev/null || { cat "$work/log"; exit 1; }
  sleep 0.25
done
curl --silent --fail --output /dev/null "$url/readyz" || { cat "$work/log"; exit 1; }

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
article=$(ls "$here"/articles/en-*.txt | head -n 1)

say 'What is offered (GET /v1/languages)'
curl --silent --fail "$url/v1/languages" | "$bin/python" -c '
import json, sys
rows = json.load(sys.stdin)
print(len(rows), "languages can be summarised:",
      ", ".join(r["code"] for r in rows if r["summarise"] == "abstractive") or "none",
      "rewritten, the others with the sentences of the article.")
for r in rows:
    for t in r["translate_to"]:
        print(r["code"], "to", t, "is translated", "(experimental)" if t in r["experimental"] else "")'

say "The article ($(wc -w < "$article") words): ${article##*/}"
head -n 3 "$article" | fold --spaces --width 100

targets=$(curl --silent --fail "$url/v1/languages" | "$bin/python" -c '
import json, sys
print(",".join(next(r["translate_to"] for r in json.load(sys.stdin) if r["code"] == "en")[:2]))')
for length in short long; do
  say "The $length summary${targets:+, and in $targets} (Accept: text/plain)"
  curl --silent --show-error --fail-with-body --data-binary "@$article" \
    -H 'Content-Type: text/plain' -H 'Accept: text/plain' \
    "$url/v1/summaries?lengths=$length${targets:+&targets=$targets}" | fold --spaces --width 100
done

say 'The first sentence as JSON, with its evidence in the article; asked a second time: a hit'
curl --silent --show-error --fail-with-body --data-binary "@$article" \
  -H 'Content-Type: text/plain' "$url/v1/summaries?lengths=short${targets:+&targets=$targets}" \
  | "$bin/python" -c '
import json, sys
answer = json.load(sys.stdin)
text = open(sys.argv[1], encoding="utf-8").read()
sentence = answer["summaries"]["short"]["sentences"][0]
print(json.dumps(sentence, ensure_ascii=False, indent=2))
for span in sentence["evidence"]:
    print("evidence:", text[span["start"]:span["end"]])
print("cache:", answer["cache"])' "$article"
