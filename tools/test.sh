#!/usr/bin/env bash
# Runs every check of the project, quick ones first, and stops at the first that fails. The last lines count what ran.
set -uo pipefail
cd "$(dirname "$0")/.."
. tools/lib.sh

logs=target/test-logs
mkdir -p "$logs"
summary=()
SECONDS=0

# check NAME COMMAND…: runs it with its output on the screen and in a log, and adds a line to the summary.
check() {
  local name=$1 log started=$SECONDS count
  shift
  log=$logs/${name// /-}.log
  say "$name"
  "$@" 2>&1 | tee "$log"
  [ "${PIPESTATUS[0]}" = 0 ] || fail "make test: '$name' failed. Its output stands above and in $log."
  # Test runners print "test result: ok. 12 passed; …" once a binary; the other checks count nothing.
  count=$(sed -n 's/.*test result: ok\. \([0-9]*\) passed.*/\1/p' "$log" | paste -sd+ - | sed 's/^$/0/')
  [ $((count)) = 0 ] && count='ok' || count="$((count)) passed"
  summary+=("$(printf '%-15s %-11s %4d s' "$name" "$count" $((SECONDS - started)))")
}

need_build_tools
need_browser

native=(--no-default-features --features lab)
wasm=(--target wasm32-unknown-unknown)
check 'format' cargo fmt --check
check 'layers' cargo check --quiet --no-default-features
check 'native lints' cargo clippy --quiet --no-default-features --features lab,site --all-targets -- -D warnings
check 'native tests' cargo test "${native[@]}"
# What was recorded from the AWS CLI is compared with it again, where Debian's and the botocore of our extract are.
models=$(python3 -c 'import botocore as it; assert it.__version__ == "1.43.11"; print(it.__path__[0] + "/data")' 2>/dev/null)
if [ -n "$models" ] && /usr/bin/python3 -c 'import awscli as it; assert it.__version__ == "2.9.19"' 2>/dev/null; then
  check 'the AWS CLI' /usr/bin/python3 tests/oracle/cli_compare.py --models "$models"
fi
check 'lessons' cargo lab check
# Long random histories want the laboratory's speed; `native tests` has played a few of them already.
check 'histories' env DRYDOCK_HISTORIES="${DRYDOCK_HISTORIES:-2000}" cargo test --profile lab "${native[@]}" --test sim histories
check 'wasm lints' cargo clippy --quiet "${wasm[@]}" --lib --bins --test web -- -D warnings
# The laboratory plays a history; the wasm tests play it again and compare.
DRYDOCK_DIGEST=$(cargo lab stdio --seed 7 <tests/history.jsonl | sed -n 's/.*"digest":"\([0-9a-f]*\)".*/\1/p')
export DRYDOCK_DIGEST
CHROMEDRIVER=$(command -v chromedriver) check 'wasm tests' cargo test "${wasm[@]}" --test web
check 'cutter tests' cargo test "${SITE[@]}" --bin cut
check 'site' build_site
check 'budgets' sizes
check 'browser tests' cargo test "${SITE[@]}" --test browser

printf '\n'
printf '%s\n' "${summary[@]}"
printf 'All checks passed in %d min %d s.\n' $((SECONDS / 60)) $((SECONDS % 60))
