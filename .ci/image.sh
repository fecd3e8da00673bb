#!/usr/bin/env bash
# The part of CI that builds the image and lets it answer; `make image-check`.
#
# Builds the Dockerfile as it is with buildah, which needs no engine, on a base that debootstrap
# makes (BASE=… takes another). Then the image's own command runs as the image's own user, with the
# image for a root that cannot be written to, and has to answer. Needs root and apt.
set -eu
cd "$(dirname "$0")/.."
port=${PORT:-8077}
work=$(mktemp -d "${TMPDIR:-/tmp}/precis-image.XXXXXX")
buildah() { command buildah --storage-driver vfs --root "$work/storage" --runroot "$work/run" "$@"; }
step() { echo "image-check: $*"; }

finish() {
  if [ -n "${server:-}" ]; then kill -- "-$server" 2> /dev/null || true; wait "$server" || true; fi
  buildah umount --all > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap finish EXIT

install_tools() {
  # `type -P` and not `command -v`, for which the function above is buildah enough.
  missing=
  for tool in buildah debootstrap crun; do type -P "$tool" > /dev/null || missing="$missing $tool"; done
  if [ -z "$missing" ]; then return; fi
  step "installing$missing"
  apt-get update -qq > /dev/null
  # shellcheck disable=SC2086  # a list of names
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing > /dev/null
}

make_base() {
  mirror=$(apt-get indextargets --format '$(SITE)' | head -1)
  debootstrap --variant=minbase --include=python3,python3-venv,ca-certificates \
    bookworm "$work/base" "$mirror" > "$work/base.log" 2>&1 || { tail "$work/base.log" >&2; exit 1; }
  rm -rf "$work"/base/var/cache/apt/archives/*.deb "$work"/base/var/lib/apt/lists/*
  container=$(buildah from scratch)
  buildah add --quiet "$container" "$work/base" / > /dev/null
  buildah commit --quiet --rm "$container" localhost/python:3.11-slim > /dev/null
  rm -rf "$work/base"
}

build_image() {
  # What pip needs to reach its index from here; none of it stays in the image.
  reach=()
  for path in /etc/ssl/certs /etc/pip.conf /etc/xdg/pip; do
    if [ -e "$path" ]; then reach+=(--volume "$path:$path:ro"); fi
  done
  buildah bud --quiet --pull-never --isolation chroot "${reach[@]}" \
    --build-arg BASE="$base" --build-arg VERSION="$version" --tag precis . > "$work/build.log" 2>&1 \
    || { tail -30 "$work/build.log" >&2; exit 1; }
}

# Runs a command in the image as its user, the root file system mounted read-only.
in_image() {
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount --fork --kill-child bash -eu -c '
    root=$1 user=$2; shift 2
    mount --bind "$root" "$root"
    mount -o remount,bind,ro "$root"
    for place in /tmp /var/lib/precis; do mount -t tmpfs -o mode=1777 tmpfs "$root$place"; done
    mount --rbind /dev "$root/dev"
    mount -t proc proc "$root/proc"
    cd "$root"
    exec chroot --userspec="$user:$user" "$root" "$@"
  ' in_image "$root" "$user" env -i "${settings[@]}" /bin/sh -c "cd '$directory' && exec \"\$@\"" sh "$@"
}

expect_failure() {
  if in_image "$@" > /dev/null 2>&1; then echo "image-check: in the image '$*' should fail" >&2; exit 1; fi
}

install_tools
base=${BASE:-localhost/python:3.11-slim}
version=$(sed -n 's/^__version__ = "\(.*\)"/\1/p' service/__init__.py)
if [ -z "${BASE:-}" ]; then step "making the base"; make_base; fi
step "building the image"
build_image

container=$(buildah from --pull-never localhost/precis)
root=$(buildah mount "$container")
read_config() { buildah inspect --format "$1" "$container"; }
user=$(read_config '{{.OCIv1.Config.User}}')
directory=$(read_config '{{.OCIv1.Config.WorkingDir}}')
mapfile -t settings < <(read_config '{{range .OCIv1.Config.Env}}{{println .}}{{end}}' | sed '/^$/d')
mapfile -t command < <(read_config '{{range .OCIv1.Config.Cmd}}{{println .}}{{end}}' | sed '/^$/d')
settings+=(PORT="$port" PRECIS_HOST=127.0.0.1)

step "looking inside"
test "$user" != 0 && test "$user" != root
test "$(read_config '{{index .OCIv1.Config.Labels "org.opencontainers.image.version"}}')" = "$version"
test "$(in_image id -u)" = "$user"
expect_failure python3 -c 'import torch'
expect_failure touch /srv/precis/written
for tool in gcc cc c++; do expect_failure sh -c "command -v $tool"; done

step "starting ${command[*]} as user $user on a read-only root"
set -m  # a group of its own, to be ended as one
in_image "${command[@]}" > "$work/server.log" 2>&1 &
server=$!
set +m
for _ in $(seq 300); do
  if curl -sf "127.0.0.1:$port/readyz" > /dev/null; then break; fi
  if ! kill -0 "$server" 2> /dev/null; then cat "$work/server.log" >&2; exit 1; fi
  sleep 0.2
done
answer=$(curl -sS --fail-with-body --max-time 60 -H 'Content-Type: text/plain' \
  --data-binary @seeds/articles/en-harbour-bridge.txt "127.0.0.1:$port/v1/summaries?targets=fr")
echo "$answer" | python3 -c '
import json, sys
answer = json.load(sys.stdin)
for length, summary in answer["summaries"].items():
    print("image-check:", length + ":", summary["text"], "|", summary["translations"]["fr"]["text"])
'
megabytes() { du -smc "$@" | tail -1 | cut -f1; }
step "answered; $(megabytes "$root") MB, $(megabytes "$root/opt" "$root/srv") MB of them on top of the base"
