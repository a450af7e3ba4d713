#!/usr/bin/env bash
# Runs each room's own tests, and fails where they reach fewer of its lines than its floor. Needs a build: bash tests/run.sh makes one.
# Usage: bash tests/coverage.sh [ROOM...]      a room is Freshness, Ledger, Storage, Art, Grains or Api; reports go to TestResults/coverage/
set -u
cd "$(dirname "$0")/.."
# Percent of lines. What only the system tests reach is not counted. Raise a floor when its figure has risen.
declare -A floors=([Freshness]=97 [Ledger]=75 [Storage]=80 [Art]=60 [Grains]=60 [Api]=95)
rooms=("$@")
if [ $# = 0 ]; then rooms=(Freshness Ledger Storage Art Grains Api); fi
results=TestResults/coverage
below=0
for room in "${rooms[@]}"; do
  rm -rf "${results:?}/$room"
  mkdir -p "$results/$room"
  if ! dotnet test --project "tests/ArtFresh.$room.Tests" -c Release --no-build --results-directory "$results/$room" \
    --coverlet --coverlet-include "[ArtFresh.$room]*" --coverlet-output-format cobertura >"$results/$room/log" 2>&1; then
    echo "$room: its tests failed, see $results/$room/log"
    below=1
    continue
  fi
  rate=$(grep -ohE -m1 '<coverage line-rate="[0-9.]+"' "$results/$room"/*.xml | grep -oE '[0-9.]+')
  if awk -v rate="$rate" -v floor="${floors[$room]}" 'BEGIN { exit !(100 * rate < floor) }'; then
    below=1
    verdict="BELOW its floor of ${floors[$room]}%"
  else
    verdict="floor ${floors[$room]}%"
  fi
  awk -v room="$room" -v rate="$rate" -v verdict="$verdict" 'BEGIN { printf "%s: %.1f%% of lines (%s)\n", room, 100 * rate, verdict }'
done
exit $below
