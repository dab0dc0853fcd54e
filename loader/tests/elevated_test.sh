#!/usr/bin/env bash
# elevated_test.sh PROBE: an elevated process ignores every variable of ours. Needs root, to make a set-user-id program;
# exit 77 says that it was skipped.
set -euo pipefail

if ((EUID != 0)); then
  echo "skipped: only root can make a program of another user" >&2
  exit 77
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

chown 65534 "$folder/probe"
chmod 4755 "$folder/probe"
expect "elevated yes, backend -, registry -, layers -, debug -, config_home -" "$folder/probe"
