#!/usr/bin/env bash
# Kills, freezes, cuts off and restarts the members of a cluster under load, and has the promises checked by the whole history:
# PostgreSQL, three silos and two front ends as processes, hundreds of listeners with three sessions each.
# Usage: bash tests/faults/run.sh [--minutes N] [--seed N] [--plant NAME] [--json FILE]      ends with 1 when a promise was broken
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
dotnet build "$here/tests/ArtFresh.System.Tests" -c Release -v q -clp:NoSummary >&2
exec "$here/tests/ArtFresh.System.Tests/bin/Release/net10.0/ArtFresh.System.Tests" run "$@"
