#!/usr/bin/env bash
# Writes requirements/{image,serve,jobs,test,fetch,train}.txt from pyproject.toml: exact versions of
# everything.
set -eu
python=${1:-python3}
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
"$python" -m venv "$tools"
"$tools/bin/python" -m pip --disable-pip-version-check install --quiet pip-tools 'pip<26'
lock() {
  local out=$1
  shift
  CUSTOM_COMPILE_COMMAND="make lock" "$tools/bin/pip-compile" --quiet --strip-extras \
    --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --no-annotate \
    --output-file "requirements/$out.txt" "$@" pyproject.toml
  # "+cpu" names a build; which build of that version is installed is the machine's own choice.
  sed -i 's/+cpu$//' "requirements/$out.txt"
}
# Serving is a part of what the image holds: Celery wants one version exactly of what both need.
lock image --extra jobs --extra traces
lock jobs --extra jobs --constraint requirements/image.txt
lock serve --constraint requirements/image.txt
lock test --extra test --extra check --constraint requirements/image.txt
lock fetch --extra fetch --constraint requirements/test.txt
lock train --extra train --constraint requirements/test.txt
