#!/usr/bin/env bash
# elevated_test.sh PROBE: an elevated process ignores every variable of ours. Needs root, to make programs that are
# elevated.
set -euo pipefail

if ((EUID != 0)); then
  echo "this test makes programs of another user and group: run it as root" >&2
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"

export UNITLS_BACKEND=a UNITLS_REGISTRY=/b UNITLS_LAYERS=c UNITLS_DEBUG=warn XDG_CONFIG_HOME=/d HOME=/e
expect() { # expect LINE COMMAND...
  local line=$1 got
  shift
  got=$("$@")
  [[ $got == "$line" ]] || { printf 'expected: %s\ngot:      %s\n' "$line" "$got" >&2; exit 1; }
}

cp "$1" "$folder/probe"
expect "elevated no, backend a, registry /b, layers c, debug warn, config_home -" "$folder/probe" # plain root
expect "elevated no, backend a, registry /b, layers c, debug warn, config_home /d" \
  setpriv --reuid=65534 --regid=65534 --clear-groups "$folder/probe"
expect "elevated no, backend a, registry /b, layers c, debug warn, config_home /e/.config" \
  setpriv --reuid=65534 --regid=65534 --clear-groups env XDG_CONFIG_HOME=relative "$folder/probe"

elevated="elevated yes, backend -, registry -, layers -, debug -, config_home -"
chown 65534 "$folder/probe"
chmod 4755 "$folder/probe" # set-user-id
expect "$elevated" "$folder/probe"
chown 0:65534 "$folder/probe"
chmod 2755 "$folder/probe" # set-group-id
expect "$elevated" "$folder/probe"
expect "$elevated" setpriv --reuid=65533 --regid=65533 --clear-groups "$folder/probe"
