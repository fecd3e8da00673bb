#!/usr/bin/env bash
# Sees to it that there is a Chromium for the tests of the page.
set -eu
for name in chromium chromium-browser google-chrome google-chrome-stable; do
  if command -v "$name" > /dev/null; then exit 0; fi
done
install='apt-get -o DPkg::Lock::Timeout=300 update -qq && DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends chromium fonts-dejavu-core'
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  echo 'Installing Chromium for the tests of the page'
  if bash -c "$install" > /dev/null; then exit 0; fi
fi
cat >&2 <<TEXT
The tests of the page need Chromium (or Google Chrome) on PATH, and it could not be installed here.
Debian:        sudo sh -c '$install'
other systems: their package manager's chromium or google-chrome
Then run the command again.
TEXT
exit 1
