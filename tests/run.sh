#!/usr/bin/env bash
# Runs every test. Installs what they need where it can; ends with one line "N passed, N failed".
# Usage: bash tests/run.sh [filter]   a filter is a part of a test project's name
set -u
cd "$(dirname "$0")/.."
filter=${1:-}
passed=0
failed=0

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

step() { # name, command...: one pass or failure
  local name=$1
  shift
  say "$name"
  local start=$SECONDS
  if "$@"; then
    passed=$((passed + 1))
    echo "$name: passed ($((SECONDS - start)) s)"
  else
    failed=$((failed + 1))
    echo "$name: FAILED ($((SECONDS - start)) s)"
  fi
}

count() { # adds what a runner's closing lines say
  passed=$((passed + $1))
  failed=$((failed + $2))
}

run_project() {
  local name=$1 log
  log=$(mktemp)
  say "$name"
  local start=$SECONDS
  "tests/$name/bin/Release/net10.0/$name" -noColor -noLogo 2>&1 | tee "$log" | grep -vE '^ *(Discovering|Discovered|Starting|Finished):|^=== TEST'
  local line total errors wrong skipped
  line=$(grep -E 'Total: [0-9]+, Errors: ' "$log" | tail -n 1)
  rm -f "$log"
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
  echo "$name: $((total - wrong - skipped)) passed, $wrong failed ($((SECONDS - start)) s)"
}

run_web() {
  local report
  report=$(mktemp)
  say "Browser library and player (vitest)"
  (cd src && npx vitest run --reporter=default --reporter=json --outputFile.json="$report")
  local counts
  counts=$(node -e 'const r=JSON.parse(require("fs").readFileSync(process.argv[1],"utf8"));console.log(r.numPassedTests, r.numFailedTests + (r.success ? 0 : r.numFailedTests ? 0 : 1))' "$report" 2>/dev/null) || counts="0 1"
  rm -f "$report"
  # shellcheck disable=SC2086
  count $counts
}

install "Chromium" chromium chromium
install "drawings to import (openclipart-svg)" /usr/share/openclipart openclipart-svg
install "songs to play (fretsonfire-songs-sectoid)" /usr/share/games/fretsonfire/data/songs/sectoid fretsonfire-songs-sectoid

install "PostgreSQL" /usr/lib/postgresql postgresql
install "Caddy" caddy caddy
install "Prometheus' judge of rules (promtool)" promtool prometheus

say "Building"
if ! dotnet build ArtFresh.sln -c Release -v minimal -clp:NoSummary; then
  echo "The solution does not build."
  echo "0 passed, 1 failed"
  exit 1
fi
passed=$((passed + 1))

if [ -z "$filter" ] || [[ web == *"$filter"* ]]; then
  step "Web sources: format, lint and types" sh -c 'cd src && npm run --silent check'
  run_web
fi
for project in tests/*.Tests; do
  name=$(basename "$project")
  if [[ $name == *"$filter"* ]]; then run_project "$name"; fi
done

say "All tests"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
