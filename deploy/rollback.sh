#!/usr/bin/env bash
# Goes back to the release before this one, on the same database, and forward again. No impression is lost on the way: clients that find no batch
# endpoint use the single one, and send again what was not acknowledged.
#   back [PLACE]     to the release before; PLACE is machine (deploy/local-cluster.sh, the default), compose or kubernetes
#   forward [PLACE]  to this release again
#   previous         names it: the last tag before this commit, or this release with its batch endpoint off (ArtFresh:Delivery)
#   drill [--json] [--listeners N] [--deliveries N]   rehearses both under load, in a cluster of its own on this machine
# In the environment: ARTFRESH_PREVIOUS (a tag, or none), ARTFRESH_DRILL_SILOS (3), and what deploy/local-cluster.sh takes.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
builds=${ARTFRESH_BUILDS:-/var/tmp/artfresh-builds-$(id -u)}
dll=${ARTFRESH_SERVER_DLL:-$here/../src/ArtFresh.Server/bin/Release/net10.0/ArtFresh.Server.dll}

main() {
  local command=${1:-help}
  shift || true
  case $command in
    back | forward) go "$command" "${1:-machine}" ;;
    previous) previous ;;
    drill) drill "$@" ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; [ "$command" = help ] ;;
  esac
}

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 2; }

previous() {
  local tag=${ARTFRESH_PREVIOUS:-$(git -C "$here" describe --tags --abbrev=0 --match 'v[0-9]*' HEAD^ 2>/dev/null || true)}
  echo "${tag:-none}"
}

go() {
  local way=$1 place=$2
  case $place in
    machine | compose | kubernetes) "${way}_$place" ;;
    *) fail "There is no place '$place': machine, compose or kubernetes." ;;
  esac
}

# One machine

back_machine() {
  local tag
  tag=$(previous)
  if [ "$tag" = none ]; then
    say "There is no earlier tag: back is this build with its batch endpoint off."
    ArtFresh__Delivery=single bash "$here/local-cluster.sh" roll
  else
    say "Back to $tag."
    bash "$here/local-cluster.sh" roll "$(built "$tag")"
  fi
}

forward_machine() { bash "$here/local-cluster.sh" roll "$dll"; }

# The server of a tag, built once.
built() {
  local tag=$1 sources=$builds/$1-sources
  if [ ! -f "$builds/$tag/ArtFresh.Server.dll" ]; then
    mkdir -p "$builds"
    rm -rf "$sources"
    mkdir "$sources"
    git -C "$here/.." archive "$tag" | tar -x -C "$sources"
    dotnet publish "$sources/src/ArtFresh.Server" -c Release -o "$builds/$tag.new" -v quiet -nologo >&2
    mv "$builds/$tag.new" "$builds/$tag"
    rm -rf "$sources"
  fi
  echo "$builds/$tag/ArtFresh.Server.dll"
}

# Containers: the image of the release before is artfresh:VERSION, as the runbook names it.

back_compose() {
  local tag
  tag=$(previous)
  if [ "$tag" = none ]; then
    ARTFRESH_DELIVERY=single one_by_one
  else
    ARTFRESH_IMAGE=artfresh:${tag#v} one_by_one
  fi
}

forward_compose() { one_by_one; }

one_by_one() {
  local server
  cd "$here/.."
  for server in $(docker compose config --services | grep -E '^(server|web|silo)-' | sort); do
    docker compose up -d --no-deps --wait "$server"
  done
}

# Kubernetes keeps earlier revisions. A Rollout goes back by itself when its analysis fails; a Deployment by this command.

back_kubernetes() {
  if kubectl -n artfresh get rollout web >/dev/null 2>&1; then
    kubectl argo rollouts -n artfresh undo web
    kubectl argo rollouts -n artfresh status web
  else
    kubectl -n artfresh rollout undo deployment/silo deployment/web
    kubectl -n artfresh rollout status deployment/silo
    kubectl -n artfresh rollout status deployment/web
  fi
}

# Undoing the undo goes forward.
forward_kubernetes() { back_kubernetes; }

# The drill: a cluster of its own, on free ports and in a new folder.

drill() {
  export ARTFRESH_CLUSTER_HOME ARTFRESH_PORT_OFFSET ArtFresh__DrainDelay=${ArtFresh__DrainDelay:-00:00:01}
  ARTFRESH_CLUSTER_HOME=$(mktemp -d)
  ARTFRESH_PORT_OFFSET=$(free_offset)
  trap 'bash "$here/local-cluster.sh" wipe' EXIT
  trap 'exit 130' INT TERM
  if [ "$(previous)" != none ]; then built "$(previous)" >/dev/null; fi
  bash "$here/local-cluster.sh" up --silos "${ARTFRESH_DRILL_SILOS:-3}" --detach
  eval "$(bash "$here/local-cluster.sh" env)"
  dotnet "$dll" drill rollback "$ARTFRESH_ADDRESS" --back "bash '$here/rollback.sh' back" --forward "bash '$here/rollback.sh' forward" "$@"
}

free_offset() {
  local offset port taken
  # Below the ephemeral ports.
  for offset in $(seq 2600 -100 100); do
    taken=
    for port in 5081 5082 5083 8080 11111 11112 11113 12019 15432 30000 30001 30002; do
      if (exec 3<>"/dev/tcp/127.0.0.1/$((port + offset))") 2>/dev/null; then taken=1; fi
    done
    if [ -z "$taken" ]; then echo "$offset"; return; fi
  done
  fail "No ports are free for the drill."
}

main "$@"
