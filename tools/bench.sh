#!/usr/bin/env bash
# Measures: the simulator natively, then the page with 1,000 tasks in a browser. Builds the site first if dist/ has none,
# or one that is older than what it is made of. A target that is missed fails nothing: machines differ.
set -uo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

need_build_tools
need_browser
sources=(Cargo.toml Cargo.lock Trunk.toml build.rs index.html lessons src static style)
if [ ! -f dist/index.html ] || [ -n "$(find "${sources[@]}" -newer dist/index.html -print -quit)" ]; then
  say "Building the optimised site. The first time takes some minutes."
  build_site
fi
say "The simulator"
cargo lab bench || fail "the simulator's benchmarks did not run."
say "The page"
cargo test --quiet "${SITE[@]}" --bench frames || fail "the page's benchmarks did not run."
