#!/usr/bin/env bash
# Runs each room's own tests, and fails where they reach fewer of its lines than its floor. Needs a build: bash tests/run.sh makes one.
# Usage: bash tests/coverage.sh [ROOM...]
# A room is Freshness, Ledger, Storage, Art, Grains, Testing, Api, Client, Server, artfresh-js or player; reports go to TestResults/coverage/.
set -u
cd "$(dirname "$0")/.."
# Percent of lines. What only the system tests reach is not counted. Raise a floor when its figure has risen.
declare -A floors=([Freshness]=97 [Ledger]=75 [Storage]=90 [Art]=60 [Grains]=60 [Testing]=60 [Api]=95 [Client]=60 [Server]=50 [artfresh-js]=97 [player]=42)
# Rooms without a test project of their own.
declare -A testers=([Testing]=Grains [Client]=Grains [artfresh-js]=browser [player]=browser)
rooms=("$@")
if [ $# = 0 ]; then rooms=(Freshness Ledger Storage Art Grains Testing Api Client Server artfresh-js player); fi
results=TestResults/coverage
below=0

measure() { # room: runs its tests, unless another room's did, and prints the share of lines that they reach
  local tests=${testers[$1]:-$1}
  if [ "$tests" = browser ]; then
    [ -e "$results/browser/coverage-summary.json" ] || (cd src && npm run --silent coverage) >"$results/browser/log" 2>&1 || return 1
    node -p '
      const files = Object.entries(JSON.parse(require("fs").readFileSync(process.argv[1], "utf8")));
      const lines = files.filter(([file]) => file.includes(`/${process.argv[2]}/src/`)).map(([, { lines }]) => lines);
      const sum = (name) => lines.reduce((total, one) => total + one[name], 0);
      sum("covered") / sum("total");' "$results/browser/coverage-summary.json" "$1"
    return
  fi
  if ! ls "$results/$tests"/*.xml >/dev/null 2>&1; then
    dotnet test --project "tests/ArtFresh.$tests.Tests" -c Release --no-build --results-directory "$results/$tests" \
      --coverlet --coverlet-include "[ArtFresh.*]*" --coverlet-output-format cobertura >"$results/$tests/log" 2>&1 || return 1
  fi
  grep -ohE "<package name=\"ArtFresh.$1\" line-rate=\"[0-9.]+\"" "$results/$tests"/*.xml | grep -oE '[0-9.]+"$' | tr -d '"'
}

rm -rf "${results:?}"
for room in "${rooms[@]}"; do
  mkdir -p "$results/${testers[$room]:-$room}"
  if ! rate=$(measure "$room"); then
    echo "$room: its tests failed, see $results/${testers[$room]:-$room}/log"
    below=1
    continue
  fi
  if awk -v rate="$rate" -v floor="${floors[$room]}" 'BEGIN { exit !(100 * rate < floor) }'; then
    below=1
    verdict="BELOW its floor of ${floors[$room]}%"
  else
    verdict="floor ${floors[$room]}%"
  fi
  awk -v room="$room" -v rate="$rate" -v verdict="$verdict" 'BEGIN { printf "%s: %.1f%% of lines (%s)\n", room, 100 * rate, verdict }'
done
exit $below
