#!/usr/bin/env bash
# How fast ArtFresh is beside what a user would build instead, and beside this machine's own limits: everything is started here, on loopback, in one run.
# Usage: bash tests/bench/run.sh [--quick] [--json FILE] [--rounds N] …        a race, the five after it, and one table of all aims
#        bash tests/bench/run.sh race [--quick] [--json FILE] [--only NAMES] [--works w,w1,r,m,deep,shallow,constant] [--rounds N] [--seconds S]
#        bash tests/bench/run.sh minute | tail | roll | idle | hot [--quick] [--rounds N] [--server PATH] [--variants "NAME VARIABLE=VALUE SERVER=PATH"]
#        bash tests/bench/run.sh growth [--only "sessions known;artworks;silos"] [--json FILE] [--rounds N] …
#        bash tests/bench/run.sh life | limits | start | history | fold [--listeners N] | join | foreign | cold | networks | pictures | looks | hanging [--rounds N] | music [PATTERN] | abuse [--seconds N] | memory [--only 100,10000 [--silos 2]] | wal [ARTWORKS RATE BATCH] | backfill [--rows N]
# Needs wrk, redis-server, caddy, PostgreSQL and Node 20. Draws what FILE holds as FILE.svg.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
if [ "${1:-}" = networks ] || [ "${1:-}" = backfill ]; then
  exec dotnet run --project "$here/tests/bench/ArtFresh.Bench" -c Release -v q -- "$@"
fi
if [ "${1:-}" = pictures ] || [ "${1:-}" = looks ] || [ "${1:-}" = hanging ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    apt-get install -y openclipart-svg librsvg2-tests > /dev/null
  fi
  exec dotnet run --project "$here/tests/bench/ArtFresh.Bench" -c Release -v q -- "$@"
fi
if [ "${1:-}" = music ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    apt-get install -y --no-install-recommends ffmpeg aubio-tools fretsonfire-songs-sectoid openttd-openmsx fluidsynth timgm6mb-soundfont > /dev/null
  fi
  bundle=$(mktemp --suffix .cjs)
  trap 'rm -f "$bundle"' EXIT
  (cd "$here/src" && npx --no-install esbuild "$here/tests/bench/music/beats.ts" --bundle --platform=node --outfile="$bundle" --log-level=error)
  node "$bundle" "${2:-}"
  exit
fi
for program in wrk redis-server caddy node; do
  if ! command -v "$program" > /dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null && [ "$program" != node ]; then
      apt-get install -y "$program" > /dev/null
    else
      echo "missing: $program" >&2
      exit 1
    fi
  fi
done
(cd "$here/tests/bench" && npm install --workspaces --no-save --no-audit --no-fund --no-package-lock --loglevel=error >&2)
dotnet build "$here/tests/bench/ArtFresh.Bench" -c Release -v q -clp:NoSummary >&2
bench="$here/tests/bench/ArtFresh.Bench/bin/Release/net10.0/ArtFresh.Bench"
case "${1:-}" in
  "" | --*) set -- aims "$@" ;;
  growth | race) ;;
  *) exec "$bench" "$@" ;;
esac
"$bench" "$@"
json=$(printf '%s\n' "$@" | grep -A1 -x -- --json | tail -n 1 || true)
if [ -n "$json" ]; then node "$here/tests/bench/chart/${1/aims/race}.mjs" "$json" "$json.svg"; fi
