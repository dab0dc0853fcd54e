# What the scripts in tools/ share: how they talk, measure time and give up. To be sourced by bash.
# shellcheck shell=bash disable=SC2034

# Exit codes: a part failed, or the machine lacks something that the script may not or cannot provide.
readonly EXIT_FAILED=1 EXIT_NEEDS=2

if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  readonly ON_TERMINAL=yes BOLD=$'\e[1m' RED=$'\e[31m' GREEN=$'\e[32m' DIM=$'\e[2m' PLAIN=$'\e[0m'
else
  readonly ON_TERMINAL='' BOLD='' RED='' GREEN='' DIM='' PLAIN=''
fi

# What others may write is not trusted by libunitls (docs/security.md): not what is built here, either.
umask go-w

# others_may_change FOLDER: whether others than root and this user can change what is in it.
others_may_change() {
  local folder mode owner
  folder=$(realpath "$1")
  while :; do
    read -r mode owner < <(stat -c '%a %u' "$folder")
    ((owner == 0 || owner == EUID)) || return 0
    (((8#$mode & 8#022) == 0 || (8#$mode & 8#1000) != 0)) || return 0
    [[ $folder != / ]] || return 1
    folder=$(dirname "$folder")
  done
}

# use_private_build: in a checkout that others may change, "build" leads to a folder that they may not.
use_private_build() {
  local folder
  if [[ -e build ]]; then
    folder=$(realpath build)
    if others_may_change build; then
      note "others may change what is in $folder: its plugins will not be trusted (docs/security.md); remove build," \
        "and a folder that they cannot change takes its place"
    fi
    return 0
  fi
  others_may_change . || return 0
  folder=$(mktemp -d "${TMPDIR:-/tmp}/unitls-build-XXXXXX")
  chmod 755 "$folder"
  ln -sfn "$folder" build
  note "others may change what is in $PWD, so that nothing built in it could be trusted: build leads to $folder"
}

note() { printf '%s\n' "$*"; }

# needs SENTENCE...: what is missing and what to do about it, one line each; ends the script.
needs() {
  printf '%s\n' "$@" >&2
  exit "$EXIT_NEEDS"
}

milliseconds() {
  local now=${EPOCHREALTIME/[.,]/}
  printf '%s' "$((now / 1000))"
}

# seconds MILLISECONDS: "83.4 s"
seconds() { printf '%d.%d s' "$(($1 / 1000))" "$(($1 % 1000 / 100))"; }

TICKER=
stop_ticker() {
  [[ -n $TICKER ]] || return 0
  kill "$TICKER" 2>/dev/null || true
  wait "$TICKER" 2>/dev/null || true
  TICKER=
  printf '\r\e[K'
}

# start_ticker TITLE LOG: on a terminal, keeps one line up to date with the time and the end of the log.
start_ticker() {
  [[ -n $ON_TERMINAL ]] || return 0
  local title=$1 log=$2 begin last
  begin=$(milliseconds)
  while :; do
    last=$(tail -c 400 "$log" 2>/dev/null | tr '\r\t' '\n ' | grep -v '^ *$' | tail -n 1 | cut -c 1-70 || true)
    printf '\r\e[K%s  %s  %s%s%s' "$title" "$(seconds $(($(milliseconds) - begin)))" "$DIM" "$last" "$PLAIN"
    sleep 0.5
  done &
  TICKER=$!
}

# Enough for any compiler error or failed test; a thousand misformatted lines say no more than the last ones.
readonly SHOWN_LINES=400
show_log() {
  local lines
  lines=$(wc -l <"$1")
  if ((lines > SHOWN_LINES)); then
    note "... the last $SHOWN_LINES of $lines lines of $1:"
  fi
  tail -n "$SHOWN_LINES" "$1"
}

# run_step TITLE LOG COMMAND...: try_step, and the end of the output when it fails.
run_step() {
  local status=0
  try_step "$@" || status=$?
  ((status == 0)) || show_log "$2"
  return "$status"
}

# try_step TITLE LOG COMMAND...: one line with the title, the outcome and the time. The command's output goes
# to LOG, the time (in milliseconds) to STEP_TIME.
STEP_TIME=0
try_step() {
  local title=$1 log=$2 begin status=0
  shift 2
  mkdir -p "$(dirname "$log")"
  begin=$(milliseconds)
  : >"$log"
  start_ticker "$title" "$log"
  "$@" >"$log" 2>&1 </dev/null || status=$?
  stop_ticker
  STEP_TIME=$(($(milliseconds) - begin))
  if ((status == 0)); then
    printf '%sok%s      %-52s %9s\n' "$GREEN" "$PLAIN" "$title" "$(seconds "$STEP_TIME")"
    return 0
  fi
  printf '%sfailed%s  %-52s %9s  (exit %d)\n' "$RED" "$PLAIN" "$title" "$(seconds "$STEP_TIME")" "$status"
  return "$status"
}
