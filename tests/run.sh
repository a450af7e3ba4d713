#!/usr/bin/env bash
# Builds everything and runs the tests and checks. Installs what they need where it can. The last line is "N passed, N failed".
# Usage: bash tests/run.sh [--all] [--times] [filter]
#   --times  the slowest tests of each project, and its seconds of processor
#   --all    the long form: more of the same in the fault, crash and import tests, all style rules, and the coverage of each room
#   filter   a part of a test project's name, "web", "format" or "coverage"
set -u
cd "$(dirname "$0")/.."
filter="" times=""
TIMEFORMAT="seconds of processor: %U user, %S system"
for argument in "$@"; do
  case $argument in
    --all) export ARTFRESH_TESTS=all ;;
    --times) times=yes ;;
    *) filter=$argument ;;
  esac
done
is_long() { [ "${ARTFRESH_TESTS:-}" = all ]; }

# Most processes here live for seconds: profiling their code costs more than it gives.
export DOTNET_TieredPGO=0 DOTNET_CLI_TELEMETRY_OPTOUT=1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
trap 'trap "" TERM; kill 0; exit 130' INT TERM
exec </dev/null

# Ends a command that hangs. In this script's own process group, so that Ctrl-C reaches it; test projects end what they have started.
limited() { timeout --foreground -k 30 "$(if is_long; then echo 90m; else echo 45m; fi)" "$@"; }

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

apt_get() { DEBIAN_FRONTEND=noninteractive limited apt-get -y -o DPkg::Lock::Timeout=300 "$@"; }

install() { # what, command or file that shows it is there, Debian packages
  local what=$1 sign=$2
  shift 2
  if command -v "$sign" >/dev/null 2>&1 || [ -e "$sign" ]; then return; fi
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    say "Installing $what"
    { apt_get install "$@" || { apt_get update && apt_get install "$@"; }; } >/dev/null 2>&1 || echo "could not install $what ($*)"
  else
    echo "missing: $what; install the packages $* to run all tests"
  fi
}

# Parts run beside each other: each writes to a file, which is printed as a whole when the part is over, and leaves its counts in another.
# All are listed before the first runs: one that leaves no counts has failed, whatever became of it.
parts=()
list() { for part in "$@"; do if [[ $part == *"$filter"* ]]; then parts+=("$part"); fi; done; }
count() { echo "$1 $2 $3" >>"$results/counts"; } # part, passed, failed

run() { # parts, one after the other
  local part log start
  for part in "$@"; do
    if [[ " ${parts[*]} " != *" $part "* ]]; then continue; fi
    log=$(mktemp -p "$results")
    start=$SECONDS
    case $part in
      web-checks) step "$part" sh -c 'cd src && npm run --silent check' ;;
      web-tests) vitest ;;
      # The build holds the style rules; the short form holds the white space, without loading the projects.
      format) if is_long; then
        step "$part" dotnet format ArtFresh.sln --verify-no-changes --no-restore
      else
        step "$part" dotnet format whitespace . --folder --verify-no-changes --exclude src/node_modules
      fi ;;
      coverage) step "$part" bash tests/coverage.sh ;;
      *) project "$part" ;;
    esac >"$log" 2>&1
    {
      flock 9
      say "$part"
      grep -vE '^ *(Discovering|Discovered|Starting|Finished): |^=== TEST' "$log"
      echo "$part: $((SECONDS - start)) s"
    } 9>"$results/printing"
  done
}

step() { # part, command...: one pass or failure
  if limited "${@:2}"; then count "$1" 1 0; else
    count "$1" 0 1
    echo "$1: FAILED"
  fi
}

project() { # its name
  local output summary directory total wrong exit report
  output=$(mktemp -p "$results")
  report=$(mktemp -p "$results")
  directory=$(find tests samples -maxdepth 1 -name "$1")
  # Not through a pipe: it would end with the last process that holds it.
  { time limited "$directory/bin/Release/net10.0/$1" -noColor -noLogo -result-ctrf "$report" >"$output" 2>&1; } 2>"$report.time"
  exit=$?
  cat "$output"
  if [ -n "$times" ]; then
    slowest "$report"
    cat "$report.time"
  fi
  summary=$(grep -E 'Total: [0-9]+, Errors: ' "$output" | tail -n 1)
  number() { sed -E "s/.*$1: ([0-9]+).*/\1/" <<<"$summary"; }
  if [ -z "$summary" ]; then
    echo "$1 did not finish: it ended with $exit"
    count "$1" 0 1
    return
  fi
  total=$(number Total) wrong=$(($(number Failed) + $(number Errors)))
  if [ $wrong = 0 ] && { [ $exit != 0 ] || [ "$total" = 0 ]; }; then
    echo "$1 ended with $exit after $total tests"
    wrong=1
  fi
  count "$1" $((total - $(number Failed) - $(number Skipped))) $wrong
}

slowest() { # a report: its twenty slowest tests, in seconds
  node -e '
    const { tests } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")).results;
    for (const { name, duration } of tests.sort((one, other) => other.duration - one.duration).slice(0, 20))
      console.log(`${(duration / 1000).toFixed(1).padStart(8)} s  ${name}`);' "$1"
}

vitest() {
  local report exit
  report=$(mktemp -p "$results")
  (cd src && limited npx --no-install vitest run --reporter=default --reporter=json --outputFile.json="$report")
  exit=$?
  # shellcheck disable=SC2046
  count web-tests $(node -e '
    const report = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    console.log(report.numPassedTests, report.numFailedTests || (report.success && process.argv[2] === "0" ? 0 : 1));' "$report" $exit || echo "0 1")
}

# These compute and wait for nobody: they take what the system tests leave of the processors.
patient="ArtFresh.Art.Tests ArtFresh.Freshness.Tests ArtFresh.Layout.Tests ArtFresh.Ledger.Tests ArtFresh.Storage.Tests format"
rooms() { for room in "${projects[@]}"; do if [[ " ArtFresh.System.Tests ArtFresh.Grains.Tests $patient " != *" $room "* ]]; then echo "$room"; fi; done; }

mapfile -t projects < <(find tests samples -maxdepth 1 -name '*.Tests' -printf '%f\n' | sort)
list web-checks web-tests "${projects[@]}" format
if is_long; then list coverage; fi
if [ ${#parts[@]} = 0 ]; then
  echo "No part has '$filter' in its name."
  echo "0 passed, 1 failed"
  exit 1
fi

install "Chromium" chromium chromium
install "exiftool (libimage-exiftool-perl)" /usr/bin/exiftool libimage-exiftool-perl
install "drawings to import (openclipart-svg)" /usr/share/openclipart openclipart-svg
install "songs to play (fretsonfire-songs-sectoid)" /usr/share/games/fretsonfire/data/songs/sectoid fretsonfire-songs-sectoid
install "PostgreSQL" /usr/lib/postgresql postgresql
install "Caddy" caddy caddy
install "nginx" /usr/sbin/nginx nginx-light
install "HAProxy" /usr/sbin/haproxy haproxy
install "Prometheus' judge of rules (promtool)" promtool prometheus

say "Building"
# The packages of the web sources first: the build and the web checks both need them.
limited dotnet msbuild src/ArtFresh.Server -t:InstallPlayerPackages -v:minimal -nologo
# The web checks wait for nothing that the .NET build makes: they run beside it.
run web-checks web-tests &
# One compiler for all projects: it is warm after the first, and ends with the build.
limited dotnet build ArtFresh.sln -c Release -v minimal -clp:NoSummary -p:UseSharedCompilation=true
built=$?
dotnet build-server shutdown --vbcscompiler >/dev/null 2>&1
if [ $built != 0 ]; then
  wait
  echo "The solution does not build."
  echo "0 passed, 1 failed"
  exit 1
fi
count build 1 0
echo "built after $SECONDS s"

# The web checks are over before the system tests begin. What these are about has time limits: beside them runs only what waits for nobody.
wait
# shellcheck disable=SC2086
{ renice -n 19 -p "$BASHPID" >/dev/null; run $patient; } &
run ArtFresh.System.Tests
wait
# Two at a time: these wait as much as they compute.
run ArtFresh.Grains.Tests &
# shellcheck disable=SC2046
run $(rooms)
wait
run coverage

for part in "${parts[@]}"; do
  if ! grep -q "^$part " "$results/counts"; then
    echo "$part left no result: FAILED"
    count "$part" 0 1
  fi
done
say "All tests: $SECONDS s"
awk '{ passed += $2; failed += $3 } END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }' "$results/counts"
