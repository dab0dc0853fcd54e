#!/usr/bin/env bash
# libunitls.so needs the language's own libraries only, and exports the C API and nothing else.
set -euo pipefail

library=$1
failed=0
complain() {
  printf '%s\n' "$*" >&2
  failed=1
}

needed=$(readelf --dynamic --wide "$library" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[[ -n $needed ]] || complain "no NEEDED entry could be read from $library"
while read -r each; do
  case $each in
  libc.so.* | libm.so.* | libstdc++.so.* | libgcc_s.so.* | ld-linux*.so.*) ;;
  libasan.so.* | libubsan.so.* | libtsan.so.*) ;; # sanitizer builds
  *) complain "$library needs $each" ;;
  esac
done <<<"$needed"

declared=$(grep -ohE '\bunitls_[a-z0-9_]+ *\(' "$UNITLS_SOURCE"/api/include/unitls/*.h | tr -d ' (' | sort -u)
exported=$(nm --dynamic --defined-only --format=posix "$library" | cut -d ' ' -f 1 | sed 's/@.*//' | sort -u)
[[ -n $exported ]] || complain "$library exports nothing"
while read -r each; do
  complain "$library exports $each, which no public header declares"
done < <(comm -13 <(printf '%s\n' "$declared") <(printf '%s\n' "$exported"))

api=$(tr '\n' ' ' <"$UNITLS_SOURCE/api/include/unitls/unitls.h" |
  grep -oE 'UNITLS_API +[^;(]*\bunitls_[a-z0-9_]+ *\(' | grep -oE 'unitls_[a-z0-9_]+ *\($' | tr -d ' (' | sort -u)
[[ -n $api ]] || complain "no function could be read from unitls.h"
while read -r each; do
  complain "$library lacks $each, which unitls.h declares"
done < <(comm -23 <(printf '%s\n' "$api") <(printf '%s\n' "$exported"))

exit "$failed"
