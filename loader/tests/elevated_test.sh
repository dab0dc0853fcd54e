#!/usr/bin/env bash
# elevated_test.sh PROBE PLUGIN: an elevated process ignores every variable of ours, and files of whoever started it.
# Needs root, to make programs that are elevated.
set -euo pipefail

if ((EUID != 0)); then
  echo "this test makes programs of another user and group: run it as root" >&2
  exit 1
fi
folder=$(realpath "$(mktemp -d)") # as messages name it
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

# What a loader makes of it: every variable would spoil it, and so would the user's own registry file.
mkdir -p "$folder/config/unitls"
printf 'no registry\n' >"$folder/config/unitls/backends.toml"
chmod -R go+rX "$folder/config"
mkdir "$folder/unitls"
cp "$2" "$folder/unitls/" # beside the loader: the one backend that there is
chmod 755 "$folder/unitls"
loader_as() { # loader_as PROBE OWNER MODE VARIABLE=VALUE...: what a person's process tells
  cp "$1" "$folder/probe"
  chown "$2" "$folder/probe"
  chmod "$3" "$folder/probe"
  setpriv --reuid=65533 --regid=65533 --clear-groups env -u UNITLS_BACKEND -u UNITLS_REGISTRY -u UNITLS_LAYERS \
    -u UNITLS_DEBUG HOME=/ XDG_CONFIG_HOME=/nowhere "${@:4}" "$folder/probe" --loader 2>&1
}
expect_effect() { # expect_effect PROBE TEXT VARIABLE=VALUE: it counts, and is ignored in an elevated process
  local probe=$1 text=$2 plain elevated
  plain=$(loader_as "$probe" 0:0 755 "$3")
  elevated=$(loader_as "$probe" 0:65534 2755 "$3")
  [[ $plain == *"$text"* ]] || { printf 'expected "%s" by %s, got:\n%s\n' "$text" "$3" "$plain" >&2; exit 1; }
  [[ $elevated != *"$text"* && $elevated == *"this process is elevated"*chosen$'\n'"anchors: "* ]] ||
    { printf '%s counts in an elevated process:\n%s\n' "$3" "$elevated" >&2; exit 1; }
}
expect_effect "$1" "/nowhere.toml" UNITLS_REGISTRY=/nowhere.toml
expect_effect "$1" "UNITLS_BACKEND=nobody" UNITLS_BACKEND=nobody
expect_effect "$1" "UNITLS_LAYERS=nobody" UNITLS_LAYERS=nobody
expect_effect "$1" "unitls: search: " UNITLS_DEBUG=search
expect_effect "$1" "$folder/config/unitls/backends.toml" XDG_CONFIG_HOME="$folder/config"
expect_effect "$1" "/nowhere.pem" SSL_CERT_FILE=/nowhere.pem
expect_effect "$1" "/nowhere.d" SSL_CERT_DIR=/nowhere.d

# Whose files count besides root's: the effective user's, unless he only borrows a program's rights.
person=65534 other=65533
plugin="$folder/unitls-good.so" registry="$folder/backends.toml"
cp "$2" "$plugin"
printf 'format = 1\n[backend.good]\nlibrary = "%s"\n' "$plugin" >"$registry"
chmod 644 "$plugin" "$registry"

probe_as() { # probe_as OWNER MODE: what the program is
  chown "$1" "$folder/probe"
  chmod "$2" "$folder/probe"
}
run_as_person() {
  setpriv --reuid=$person --regid=$person --clear-groups "$folder/probe" "$registry"
}
expect_trust() { # expect_trust OWNER: his plugin and his registry file count
  local file
  for file in "$plugin" "$registry"; do
    chown "$1" "$file"
    expect "good: found" run_as_person
    chown 0 "$file"
  done
}
expect_distrust() { # expect_distrust OWNER: neither does
  local because="user $1 may change it, as an owner (mode 0644); chown root"
  chown "$1" "$plugin"
  expect "good: $plugin: $because $plugin" run_as_person
  chown 0 "$plugin"
  chown "$1" "$registry"
  expect "$registry: $because $registry" run_as_person
  chown 0 "$registry"
}

probe_as 0:0 755
expect_trust 0
expect_trust $person
expect_distrust $other
probe_as 0:$other 2755 # set-group-id: the effective user is he who started it
expect_trust 0
expect_distrust $person
expect_distrust $other
probe_as $other:0 4755 # set-user-id
expect_trust 0
expect_trust $other
expect_distrust $person
probe_as 0:0 4755 # set-user-id of root
expect_trust 0
expect_distrust $person
