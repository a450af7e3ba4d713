#!/usr/bin/env bash
# What is lost, and what is sent to no use, when tab, browser, network or server fail in the middle of showing art every 200 ms:
# real Chromium, the real server behind a proxy that breaks things, and the ledger read afterwards.
# Usage: bash tests/browser/delivery.sh [--times N] [--only PART-OF-AN-EVENT'S-NAME] [--json FILE]
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
dotnet build "$here/tests/ArtFresh.Delivery.Tests" -c Release -v q -clp:NoSummary >&2
exec "$here/tests/ArtFresh.Delivery.Tests/bin/Release/net10.0/ArtFresh.Delivery.Tests" table "$@"
