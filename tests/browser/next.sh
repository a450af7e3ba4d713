#!/usr/bin/env bash
# Builds a page of Next.js from the browser client's package and the React example of its README, and has Next's server render it.
# Usage: bash tests/browser/next.sh [PORT ROUTE COMPONENT-FILE] (installs Next.js by npm, for this alone)
# With arguments it builds a page of that route from that component, and serves it until it is ended.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
port=${1:-3999}
route=${2:-}
component=${3:-}
[ -z "$component" ] || component=$(realpath "$component")
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
export NEXT_TELEMETRY_DISABLED=1

(cd "$here/src/artfresh-js" && npm pack --silent --pack-destination "$work") >/dev/null
mkdir -p "$work/app/$route"
cd "$work"
cat >package.json <<'JSON'
{ "private": true, "dependencies": { "next": "^16", "react": "^19", "react-dom": "^19" } }
JSON
npm install --silent --no-audit --no-fund --no-package-lock ./artfresh-*.tgz
echo 'export default { reactStrictMode: true };' >next.config.mjs
echo 'export default ({ children }) => <html><body>{children}</body></html>;' >app/layout.jsx
{
  echo '"use client";'
  if [ -n "$component" ]; then
    cat "$component"
  else
    awk '/^```tsx$/ { on = 1; next } /^```$/ && on { exit } on' "$here/src/artfresh-js/README.md"
  fi
} >gallery.jsx
echo "export { Gallery as default } from \"$work/gallery\";" >"app/$route/page.jsx"

npx next build
node_modules/.bin/next start --port "$port" &
server=$!
if [ -n "$component" ]; then
  wait
fi
for _ in $(seq 60); do curl -sf "localhost:$port" >page.html && break || sleep 1; done
grep -q 'One moment' page.html && echo "Next.js builds the example, and its server renders it."
