#!/usr/bin/env bash
# Builds the page, serves it, and prints the address once it really answers. Needs Rust, make and a C compiler only.
set -uo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

port=${PORT:-8080}
address=http://127.0.0.1:$port/

# answer: the status line of the page at our address, or nothing. bash opens the socket, so no other program is needed.
answer() {
  local status
  exec 3<>"/dev/tcp/127.0.0.1/$port" || return 1
  printf 'GET / HTTP/1.0\r\nHost: 127.0.0.1:%s\r\n\r\n' "$port" >&3
  IFS= read -r -t 5 status <&3
  exec 3>&-
  printf '%s' "$status"
} 2>/dev/null

[ -z "$(answer)" ] || fail "Something else answers on port $port. Choose another one: PORT=8081 make serve"

need_build_tools
say "Building the page. The first build takes some minutes, later ones seconds."
trunk serve --port "$port" &
server=$!
trap 'kill "$server" 2>/dev/null' EXIT
trap 'exit 130' INT TERM

# Trunk builds first and listens afterwards, also when the build failed: then it has no page to give.
until status=$(answer) && [ -n "$status" ]; do
  kill -0 "$server" 2>/dev/null || fail "The server ended. What it said stands above."
  sleep 0.2
done
case "$status" in *" 200"*) ;; *) fail "The page could not be built. What went wrong stands above." ;; esac

say "Drydock answers. A saved file is built again at once; reload the page to see it. Ctrl-C ends it."
echo "$address"
wait "$server"
