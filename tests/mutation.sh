#!/usr/bin/env bash
# Changes the rules one by one and counts the changes that no test notices (Stryker.NET). Takes an hour or more: for once a week.
# Usage: bash tests/mutation.sh [ROOM...] [-- OPTIONS OF STRYKER]      a room is Freshness or Ledger; both without one
set -eu
cd "$(dirname "$0")/.."
rooms=()
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  rooms+=("$1")
  shift
done
if [ $# -gt 0 ]; then shift; fi
if [ ${#rooms[@]} = 0 ]; then rooms=(Freshness Ledger); fi
dotnet tool restore >/dev/null
for room in "${rooms[@]}"; do
  (cd "tests/ArtFresh.$room.Tests" && dotnet stryker --config-file ../stryker-config.json --project "ArtFresh.$room.csproj" "$@")
done
