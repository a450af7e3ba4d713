#!/usr/bin/env bash
# Builds everything and runs the tests and checks. Installs what they need where it can. The last line is "N passed, N failed".
# Usage: bash tests/run.sh [--all] [filter]
#   --all    the long form: more of the same in the fault, crash and import tests, all style rules, and the coverage of each room
#   filter   a part of a test project's name, or "web"
set -u
cd "$(dirname "$0")/.."
filter=""
for argument in "$@"; do
  case $argument in
    --all) export ARTFRESH_TESTS=all ;;
    *) filter=$argument ;;
  esac
done
is_long() { [ "${ARTFRESH_TESTS:-}" = all ]; }
wanted() { [[ $1 == *"$filter"* ]]; }

# Most processes here live for seconds: profiling their code costs more than it gives.
export DOTNET_TieredPGO=0 DOTNET_CLI_TELEMETRY_OPTOUT=1
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
trap 'trap "" TERM; kill 0; exit 130' INT TERM

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }

install() { # what, command or file that shows it is there, Debian packages
  local what=$1 sign=$2
  shift 2
  if command -v "$sign" >/dev/null 2>&1 || [ -e "$sign" ]; then return; fi
  if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
    say "Installing $what"
    { apt-get install -y "$@" || { apt-get update && apt-get install -y "$@"; }; } >/dev/null 2>&1 || echo "could not install $what ($*)"
  else
    echo "missing: $what; install the packages $* to run all tests"
  fi
}

# A job runs beside others: it writes to a file, which is printed as a whole when the job is over, and leaves its counts in another.
count() { echo "$1 $2" >>"$results/counts"; } # passed, failed

job() { # name, function or command...
  local name=$1 log start=$SECONDS
  shift
  log=$(mktemp -p "$results")
  "$@" >"$log" 2>&1
  local exit=$?
  {
    flock 9
    say "$name"
    grep -vE '^ *(Discovering|Discovered|Starting|Finished):|^=== TEST' "$log"
    echo "$name: $((SECONDS - start)) s"
  } 9>"$results/printing"
  return $exit
}

step() { # name, command...: one pass or failure
  if job "$@"; then count 1 0; else
    count 0 1
    echo "$1: FAILED"
  fi
}

run_project() { # its directory
  local name log line total errors wrong skipped
  name=$(basename "$1")
  log=$(mktemp -p "$results")
  "$1/bin/Release/net10.0/$name" -noColor -noLogo 2>&1 | tee "$log"
  line=$(grep -E 'Total: [0-9]+, Errors: ' "$log" | tail -n 1)
  if [ -z "$line" ]; then
    echo "$name did not finish"
    count 0 1
    return
  fi
  total=$(sed -E 's/.*Total: ([0-9]+).*/\1/' <<<"$line")
  errors=$(sed -E 's/.*Errors: ([0-9]+).*/\1/' <<<"$line")
  wrong=$(sed -E 's/.*Failed: ([0-9]+).*/\1/' <<<"$line")
  skipped=$(sed -E 's/.*Skipped: ([0-9]+).*/\1/' <<<"$line")
  count $((total - wrong - skipped)) $((wrong + errors))
}

run_vitest() {
  local report counts
  report=$(mktemp -p "$results")
  (cd src && npx vitest run --reporter=default --reporter=json --outputFile.json="$report")
  counts=$(node -e 'const r=JSON.parse(require("fs").readFileSync(process.argv[1],"utf8"));console.log(r.numPassedTests, r.numFailedTests + (r.success ? 0 : r.numFailedTests ? 0 : 1))' "$report" 2>/dev/null) || counts="0 1"
  # shellcheck disable=SC2086
  count $counts
}

# The checks of the web sources wait for nothing that the .NET build makes: they run beside it.
web() {
  step "Web sources: format, lint, types and package" sh -c 'cd src && npm run --silent check'
  job "Browser library and player (vitest)" run_vitest
}

format() {
  if is_long; then
    step "C# sources: format and style" dotnet format ArtFresh.sln --verify-no-changes --no-restore
  else
    # The build holds the style rules; this holds the white space, without loading the projects.
    step "C# sources: white space" dotnet format whitespace . --folder --verify-no-changes --exclude src/node_modules
  fi
}

# Rooms compute; the system tests wait for processes most of the time, and have limits on some waits: they come first.
rooms() {
  local project name
  for project in tests/*.Tests samples/*.Tests; do
    name=$(basename "$project")
    if [ "$name" != ArtFresh.System.Tests ] && wanted "$name"; then job "$name" run_project "$project"; fi
  done
}

install "Chromium" chromium chromium
install "drawings to import (openclipart-svg)" /usr/share/openclipart openclipart-svg
install "songs to play (fretsonfire-songs-sectoid)" /usr/share/games/fretsonfire/data/songs/sectoid fretsonfire-songs-sectoid
install "PostgreSQL" /usr/lib/postgresql postgresql
install "Caddy" caddy caddy
install "Prometheus' judge of rules (promtool)" promtool prometheus

say "Building"
# The packages of the web sources first: the build and the web checks both need them.
dotnet msbuild src/ArtFresh.Server -t:InstallPlayerPackages -v:minimal -nologo
if wanted web; then web & fi
if ! dotnet build ArtFresh.sln -c Release -v minimal -clp:NoSummary; then
  wait
  echo "The solution does not build."
  echo "0 passed, 1 failed"
  exit 1
fi
count 1 0
echo "built after $SECONDS s"

{
  renice -n 5 "$BASHPID" >/dev/null
  rooms
  if wanted format; then format; fi
} &
if wanted ArtFresh.System.Tests; then job ArtFresh.System.Tests run_project tests/ArtFresh.System.Tests & fi
wait
if is_long && wanted coverage; then step "Coverage of the rooms" bash tests/coverage.sh; fi

passed=$(awk '{ sum += $1 } END { print sum + 0 }' "$results/counts")
failed=$(awk '{ sum += $2 } END { print sum + 0 }' "$results/counts")
say "All tests: $SECONDS s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
