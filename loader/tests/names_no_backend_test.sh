#!/usr/bin/env bash
# Loader and conformance suite know plugins by file only: no source of theirs names a backend. Mutants that are one of
# the plugins with a function replaced are no part of the suite.
set -euo pipefail

cd "$UNITLS_SOURCE"
files=$(find loader/src/ conformance/ -path conformance/mutants/of_openssl -prune -o -type f \( -name '*.cpp' -o -name '*.hpp' -o -name '*.c' -o -name '*.h' \) -print)
[[ -n $files ]] || { echo "no source was found" >&2; exit 1; }
# xargs answers 123 when no grep found anything.
if xargs -d '\n' grep -nHiE 'openssl|gnutls|mbedtls' <<<"$files"; then
  echo "the lines above name a backend" >&2
  exit 1
fi
