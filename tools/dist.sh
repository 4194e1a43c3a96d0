#!/usr/bin/env bash
# Builds the optimised site in dist/ and holds every file in it against its budget (tools/budget.toml).
set -uo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

need_build_tools
say "Building the optimised site. The first time takes some minutes."
build_site
say "Measuring."
sizes
