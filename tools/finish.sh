#!/bin/sh
# Trunk's last steps in a release build: cuts the program into parts, if it was built for that, and makes the page work
# offline. Development builds have neither.
#
# There is no wasm-opt here, on purpose. It saves about 3 % after compression; Debian 12's (version 108) writes a module
# whose tables cannot grow, and newer ones given --all-features write imports that no browser accepts. Either is a green
# build and a dead page.
set -eu
[ "$TRUNK_PROFILE" = release ] || exit 0
# DRYDOCK_CUT is `parts`, or `count` for a program that notes what runs.
case "${DRYDOCK_CUT:-}" in
  parts) cargo run --quiet --no-default-features --features site --bin cut ;;
  count) cargo run --quiet --no-default-features --features site --bin cut count ;;
esac
cd "$TRUNK_STAGING_DIR"

# The build's name: a sum over the content of every file. It names the offline cache, and tells boot.js that there is one.
build=$(find . -type f -exec cksum {} + | LC_ALL=C sort | cksum | cut -d ' ' -f 1)
# Without a network a page does without its own part, which has copies out of the others.
files=$(find . -type f ! -name sw.js ! -name _headers ! -name index.html ! -name 'page-*' | LC_ALL=C sort |
  sed 's/.*/"&",/' | tr -d '\n')
sed -i.old -e "s|\"@FILES@\"|$files|" -e "s|@BUILD@|$build|" sw.js
sed -i.old -e "s|data-build=\"*dev\"*|data-build=\"$build\"|" index.html
rm sw.js.old index.html.old
grep -q "$build" index.html && grep -q "$build" sw.js || {
  echo "error: the build's name did not reach index.html and sw.js" >&2
  exit 1
}
