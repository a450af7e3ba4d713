#!/usr/bin/env bash
# A cluster on this machine, as processes: what docker-compose.yml starts in containers, with the same settings.
#   up [--silos N] [--apart] [--detach]   PostgreSQL, N servers (3) and Caddy; Ctrl-C stops them, unless detached
#   status          which process runs where, and which are ready
#   scale N         more servers, or fewer
#   roll [DLL]      restarts one after the other; with a path, on that build of ArtFresh.Server.dll
#   kill NAME       SIGKILL, like a crash; start NAME brings it back
#   database stop|start|kill
#   env             what psql, pg_dump, curl and the server's commands need: eval "$(bash deploy/local-cluster.sh env)"
#   stop            ends everything and keeps the data; wipe deletes it too
# In the environment: ARTFRESH_CLUSTER_HOME (data and logs), ARTFRESH_PORT_OFFSET (added to every port), ARTFRESH_DATABASE,
# ARTFRESH_SERVER_DLL (a build to run), and any setting of the server's.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
home=${ARTFRESH_CLUSTER_HOME:-/var/tmp/artfresh-cluster-$(id -u)}
offset=${ARTFRESH_PORT_OFFSET:-0}
database=${ARTFRESH_DATABASE:-artfresh}
dll=${ARTFRESH_SERVER_DLL:-$here/../src/ArtFresh.Server/bin/Release/net10.0/ArtFresh.Server.dll}
proxy_port=$((8080 + offset))
postgres_port=$((15432 + offset))
admin_port=$((12019 + offset))
webs_when_apart=2

main() {
  local command=${1:-help}
  shift || true
  case $command in
    up) up "$@" ;;
    status | scale | roll | stop | wipe) "$command" "$@" ;;
    kill) crash "$@" ;;
    start) launch "$1" && await "$1" ;;
    database) database_"$1" ;;
    env) environment ;;
    *) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}"; [ "$command" = help ] ;;
  esac
}

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }

up() {
  local silos=3 detach=
  local shape=server
  while [ $# -gt 0 ]; do
    case $1 in
      --silos) silos=$2; shift ;;
      --apart) shape=silo ;;
      --detach) detach=1 ;;
      *) fail "up has no option $1" ;;
    esac
    shift
  done
  prepare
  [ -z "$(members)" ] || fail "The cluster runs already: $(members | tr '\n' ' '). Try: status, scale, stop."
  # A start that fails half-way leaves no process behind.
  trap 'exit 130' INT TERM
  trap stop EXIT
  database_start
  echo "$shape" >"$home/shape"
  set_members "$silos"
  balance
  say
  say "http://127.0.0.1:$proxy_port  is the cluster; logs are in $home/log"
  if [ -n "$detach" ]; then
    trap - EXIT
    return
  fi
  say "Ctrl-C stops it."
  while :; do sleep 1 & wait $!; done
}

# Folders, keys and programs that everything else needs.
prepare() {
  umask 077
  mkdir -p "$home"
  [ -O "$home" ] || fail "$home belongs to somebody else; set ARTFRESH_CLUSTER_HOME."
  chmod 711 "$home"
  mkdir -p "$home/run" "$home/log"
  for secret in operators-key metrics-key database-password; do
    [ -s "$home/$secret" ] || od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$home/$secret"
  done
  need caddy caddy || say "Caddy is not installed (package caddy): there will be no balancer, only the servers."
  if [ -z "$(postgres_programs)" ]; then
    need initdb postgresql || [ -n "$(postgres_programs)" ] || fail "PostgreSQL is not installed: install the package postgresql."
  fi
  command -v dotnet >/dev/null || fail "The .NET 10 SDK is not installed."
  if [ ! -f "$dll" ]; then
    say "Building the server (once; dotnet build src/ArtFresh.Server -c Release, after changes) …"
    dotnet build "$here/../src/ArtFresh.Server" -c Release -v quiet -nologo >&2
  fi
}

# Installed or installable. Under systemd, Debian's caddy package starts a service of its own, so there the operator installs it.
need() {
  if command -v "$1" >/dev/null; then return; fi
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null && [ ! -d /run/systemd/system ]; then
    say "Installing $2 …"
    { apt-get install -y "$2" || { apt-get update && apt-get install -y "$2"; }; } >"$home/log/install.log" 2>&1 || true
  fi
  command -v "$1" >/dev/null
}

# PostgreSQL

postgres_programs() {
  local folder
  for folder in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV) ${PATH//:/ }; do
    if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then echo "$folder"; return; fi
  done
}

# It refuses to run as root.
as_postgres() {
  if [ "$(id -u)" = 0 ]; then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

database_start() {
  local started=$SECONDS programs data=$home/postgres
  programs=$(postgres_programs)
  if [ ! -f "$data/PG_VERSION" ]; then
    mkdir -p "$data"
    cp "$home/database-password" "$data.password"
    if [ "$(id -u)" = 0 ]; then chown postgres "$data" "$data.password"; fi
    as_postgres "$programs/initdb" -D "$data" -U artfresh -A scram-sha-256 --pwfile="$data.password" --encoding=UTF8 --locale=C >"$home/log/initdb.log"
    rm "$data.password"
  fi
  database_runs || as_postgres "$programs/pg_ctl" -D "$data" -w -s -l "$data/server.log" \
    -o "-p $postgres_port -k $data -c listen_addresses=127.0.0.1 -c max_connections=300" start >/dev/null \
    || fail "PostgreSQL does not start on port $postgres_port: $(tail -n 3 "$data/server.log")"
  eval "$(environment)"
  "$programs/psql" -d postgres -Atc "select 1 from pg_database where datname = '$database'" | grep -q 1 || "$programs/createdb" "$database"
  say "PostgreSQL   127.0.0.1:$postgres_port, database $database ($((SECONDS - started)) s)"
}

database_stop() { as_postgres "$(postgres_programs)/pg_ctl" -D "$home/postgres" -w -s -m fast stop; }
database_kill() { as_postgres "$(postgres_programs)/pg_ctl" -D "$home/postgres" -w -s -m immediate stop; }
database_runs() { [ -f "$home/postgres/postmaster.pid" ] && as_postgres "$(postgres_programs)/pg_ctl" -D "$home/postgres" status >/dev/null; }

environment() {
  local password
  password=$(cat "$home/database-password")
  cat <<END
export PGHOST=127.0.0.1 PGPORT=$postgres_port PGUSER=artfresh PGPASSWORD=$password PGDATABASE=$database
export ConnectionStrings__Ledger="Host=127.0.0.1;Port=$postgres_port;Database=$database;Username=artfresh;Password=$password"
export ARTFRESH_OPERATORS_KEY=$(cat "$home/operators-key") ARTFRESH_METRICS_KEY=$(cat "$home/metrics-key")
export ARTFRESH_ADDRESS=http://127.0.0.1:$proxy_port
END
}

# Servers: server-1 …, or silo-1 … and web-1 … when apart. run/NAME holds the process id of one that should run.

members() { ls "$home/run" 2>/dev/null | grep -v '^caddy$' | sort -V || true; }
pid_of() { cat "$home/run/$1" 2>/dev/null; }
runs() { local pid; pid=$(pid_of "$1") && ps -p "$pid" -o args= 2>/dev/null | grep -q "$2"; }
# By its address too: the id of one that has died may be another cluster's by now.
serves() { runs "$1" "ArtFresh.Server.dll --urls http://127.0.0.1:$(port_of "$1")\$"; }

port_of() {
  local index=${1##*-}
  case $1 in silo-*) echo $((5180 + index + offset)) ;; *) echo $((5080 + index + offset)) ;; esac
}

# Scales to a number of servers: starts new ones all at once, stops surplus ones one by one, the last first.
set_members() {
  local wanted=$1 shape name names=()
  [[ $wanted =~ ^[1-9]$ ]] || fail "The number of servers is 1 to 9, not '$wanted'."
  shape=$(cat "$home/shape")
  for ((i = 1; i <= wanted; i++)); do names+=("$shape-$i"); done
  if [ "$shape" = silo ]; then
    for ((i = 1; i <= webs_when_apart; i++)); do names+=("web-$i"); done
  fi
  local new=()
  for name in "${names[@]}"; do
    if ! serves "$name"; then launch "$name"; new+=("$name"); fi
  done
  for name in ${new[@]+"${new[@]}"}; do await "$name"; done
  for name in $(members | sort -rV); do
    if [[ " ${names[*]} " != *" $name "* ]]; then leave "$name"; fi
  done
}

launch() {
  local name=$1 role=${1%-*} index=${1##*-} port
  port=$(port_of "$name")
  [ "$role" = server ] && role=all
  (
    eval "$(environment)"
    export ArtFresh__Role=$role ArtFresh__DataDirectory=$home/data/$name ArtFresh__Cluster__Address=127.0.0.1
    export ArtFresh__Cluster__SiloPort=$((11110 + index + offset)) ArtFresh__Cluster__GatewayPort=$((29999 + index + offset))
    export ArtFresh__Operators__Key=$ARTFRESH_OPERATORS_KEY ArtFresh__Operators__MetricsKey=$ARTFRESH_METRICS_KEY ArtFresh__TrustedProxies__0=127.0.0.0/8
    export ArtFresh__DrainDelay=${ArtFresh__DrainDelay:-00:00:05} DOTNET_ENVIRONMENT=Production
    cd "$home"
    exec nohup dotnet "$dll" --urls "http://127.0.0.1:$port" >>"$home/log/$name.log" 2>&1 </dev/null
  ) &
  echo $! >"$home/run/$name"
  disown
}

await() {
  local name=$1 port started=$SECONDS
  port=$(port_of "$name")
  until is_ready "$name"; do
    runs "$name" "" || fail "$name ended: $(tail -n 5 "$home/log/$name.log")"
    [ $((SECONDS - started)) -lt 90 ] || fail "$name is not ready after 90 s; see $home/log/$name.log"
    sleep 0.1
  done
  say "$(printf '%-12s' "$name") http://127.0.0.1:$port ($((SECONDS - started)) s)"
}

is_ready() { curl -fs -o /dev/null --max-time 3 "http://127.0.0.1:$(port_of "$1")/healthz/ready"; }

# SIGTERM: the server answers 503 at /healthz/ready during the drain, hands its grains over, and ends.
leave() {
  local name=$1 started=$SECONDS
  if serves "$name"; then
    command kill -TERM "$(pid_of "$name")"
    while serves "$name"; do sleep 0.1; done
  fi
  rm -f "$home/run/$name"
  say "$(printf '%-12s' "$name") stopped ($((SECONDS - started)) s)"
}

crash() {
  serves "$1" || fail "$1 is not running. Running: $(members | tr '\n' ' ')"
  command kill -KILL "$(pid_of "$1")"
  say "$(printf '%-12s' "$1") killed; bash deploy/local-cluster.sh start $1 brings it back"
}

# Gives Caddy the list of servers that take listeners' requests.
balance() {
  command -v caddy >/dev/null || return 0
  local servers=()
  for name in $(members); do
    if [[ $name != silo-* ]]; then servers+=("127.0.0.1:$(port_of "$name")"); fi
  done
  export ARTFRESH_SERVERS=${servers[*]} ARTFRESH_SITE=http://:$proxy_port ARTFRESH_BIND=127.0.0.1 ARTFRESH_CADDY_ADMIN=127.0.0.1:$admin_port
  export XDG_DATA_HOME=$home/caddy XDG_CONFIG_HOME=$home/caddy
  if runs caddy caddy; then
    caddy reload --config "$here/Caddyfile" --adapter caddyfile --address "$ARTFRESH_CADDY_ADMIN" 2>>"$home/log/caddy.log"
    return
  fi
  nohup caddy run --config "$here/Caddyfile" --adapter caddyfile >>"$home/log/caddy.log" 2>&1 </dev/null &
  echo $! >"$home/run/caddy"
  disown
  until curl -fs -o /dev/null --max-time 3 "http://127.0.0.1:$proxy_port/healthz/ready"; do
    runs caddy caddy || fail "Caddy ended: $(tail -n 3 "$home/log/caddy.log")"
    sleep 0.1
  done
  say "Caddy        http://127.0.0.1:$proxy_port"
}

# Commands on a cluster that runs

scale() {
  [ -n "$(members)" ] || fail "Nothing runs. Try: up"
  set_members "${1:?how many?}"
  balance
}

roll() {
  if [ $# -gt 0 ]; then dll=$(cd "$(dirname "$1")" && pwd)/$(basename "$1"); fi
  [ -f "$dll" ] || fail "There is no $dll."
  for name in $(members); do
    leave "$name"
    launch "$name"
    await "$name"
  done
}

status() {
  local name state
  if database_runs; then state=ready; else state=down; fi
  printf '%-12s %-28s %s\n' PostgreSQL "127.0.0.1:$postgres_port" "$state"
  for name in $(members); do
    if ! serves "$name"; then state=dead; elif is_ready "$name"; then state=ready; else state="not ready"; fi
    printf '%-12s %-28s %s\n' "$name" "http://127.0.0.1:$(port_of "$name")" "$state"
  done
  if runs caddy caddy; then state=ready; else state=down; fi
  printf '%-12s %-28s %s\n' Caddy "http://127.0.0.1:$proxy_port" "$state"
}

stop() {
  local name
  # No server is left to take over, so skip the drain.
  if runs caddy caddy; then command kill -TERM "$(pid_of caddy)"; fi
  for name in $(members); do
    if serves "$name"; then command kill -TERM "$(pid_of "$name")"; fi
  done
  for name in $(members); do
    while serves "$name"; do sleep 0.1; done
    rm -f "$home/run/$name"
  done
  while runs caddy caddy; do sleep 0.1; done
  rm -f "$home/run/caddy"
  if database_runs; then database_stop; fi
  say "Stopped; the data stays in $home (wipe deletes it)."
}

wipe() {
  stop
  rm -rf "$home"
}

main "$@"
