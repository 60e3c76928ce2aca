#!/bin/sh
# Makes sure that Debian packages are there: installs what is missing when it may, else says what to install.
set -eu

missing=""
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q "ok installed" || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Missing here:$missing (names of Debian packages). Install them, then try again." >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    may=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    may="sudo"
else
    echo "Missing here:$missing. Run: sudo apt-get install$missing" >&2
    exit 1
fi

echo "Installing$missing"
# Tests start servers of their own; those of the packages stay off.
export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
$may apt-get update -q >/dev/null
# shellcheck disable=SC2086  # a list of names
$may apt-get install -q -y --no-install-recommends $missing >/dev/null
