#!/usr/bin/env bash
# Sees to it that there is a browser for the tests of the report: one that is there, or Debian's Chromium.
# Where none can be installed, says why in one line on the standard output, which the tests then say.
set -uo pipefail

for path in "${CHROMIUM_PATH:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  [[ -n "$path" && -x "$path" ]] && { echo "$path is there" >&2; exit 0; }
done

[[ "$(id -u)" == 0 ]] || { echo 'installing one takes the superuser'; exit 0; }
command -v apt-get > /dev/null || { echo 'there is no apt-get'; exit 0; }

export DEBIAN_FRONTEND=noninteractive
install() { timeout 180 apt-get install -y -qq --no-install-recommends chromium fonts-liberation > /dev/null 2>&1; }
install || { timeout 60 apt-get update -qq > /dev/null 2>&1; install; } || echo 'apt-get could not install chromium'
