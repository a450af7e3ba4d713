#!/usr/bin/env bash
# Builds a page of Next.js from the browser client's package and the React example of its README, and has Next's server render it.
# Usage: bash tests/browser/next.sh (installs Next.js by npm, for this alone)
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
export NEXT_TELEMETRY_DISABLED=1

(cd "$here/src/artfresh-js" && npm pack --silent --pack-destination "$work") >/dev/null
mkdir "$work/app"
cd "$work"
cat >package.json <<'JSON'
{ "private": true, "dependencies": { "next": "^16", "react": "^19", "react-dom": "^19" } }
JSON
npm install --silent --no-audit --no-fund --no-package-lock ./artfresh-*.tgz
echo 'export default { reactStrictMode: true };' >next.config.mjs
echo 'export default ({ children }) => <html><body>{children}</body></html>;' >app/layout.jsx
{
  echo '"use client";'
  awk '/^```tsx$/ { on = 1; next } /^```$/ && on { exit } on' "$here/src/artfresh-js/README.md"
} >app/gallery.jsx
echo 'export { Gallery as default } from "./gallery";' >app/page.jsx

npx next build
npx next start --port 3999 &
server=$!
for _ in $(seq 60); do curl -sf localhost:3999 >page.html && break || sleep 1; done
grep -q 'One moment' page.html && echo "Next.js builds the example, and its server renders it."
