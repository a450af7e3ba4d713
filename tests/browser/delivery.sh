#!/usr/bin/env bash
# What is lost, recorded for nobody, spent and sent in vain when tab, browser, network or server fail in the middle of showing art, or pages and
# listeners are not as one would like them:
# real Chromium, the real server behind a proxy that breaks things, and the ledger read afterwards.
# Usage: bash tests/browser/delivery.sh [--times N [--at-once N]] [--only PARTS-OF-EVENTS'-NAMES] [--peers [PART-OF-AN-SDK'S-NAME]] [--calls] [--json FILE]
# --only takes several parts with | between them. With --at-once repetitions run side by side, each with a server, a proxy and a browser of its own. --calls writes each request to stderr.
# With --peers the same pages are counted by the SDKs of others (installed by npm, for this alone), behind the same proxy.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
dotnet build "$here/tests/ArtFresh.System.Tests" -c Release -v q -clp:NoSummary >&2
exec "$here/tests/ArtFresh.System.Tests/bin/Release/net10.0/ArtFresh.System.Tests" table "$@"
