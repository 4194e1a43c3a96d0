#!/usr/bin/env bash
# Finds out which code of the program a first visit runs, and writes them to tools/parts.txt: plays the map and the
# first lesson (tests/browser/profile.rs) with a program that counts. `make dist` cuts the program by that list.
set -uo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

need_build_tools
need_browser
say "Building the program that counts. The first time takes some minutes."
build_site count
say "Playing a first visit."
rm -rf target/profile
mkdir -p target/profile
cargo test --quiet "${SITE[@]}" --test browser -- --ignored profile:: || fail "The first visit could not be played."
cargo run --quiet "${SITE[@]}" --bin cut learn || fail "The list could not be written."
say "tools/parts.txt is written. Look at what 'make dist' says, and commit it."
