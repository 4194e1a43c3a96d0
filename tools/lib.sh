# What the command scripts share: messages, the pinned tools and how to install them. Sourced, never run.
# shellcheck shell=bash

# The versions that build this site. wasm-bindgen's must equal the crate's in Cargo.toml; tests/tidy.rs checks that.
TRUNK_VERSION=0.21.14
WASM_BINDGEN_VERSION=0.2.129

# The features of the programs that look at the built site.
SITE=(--no-default-features --features site)

# Trunk refuses a NO_COLOR that is not "true" or "false", which is how most people set it.
unset NO_COLOR

export PATH="${CARGO_HOME:-$HOME/.cargo}/bin:$PATH"

say() { printf '== %s\n' "$*"; }

# fail WHAT…: says it and ends the command.
fail() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# install_crate BINARY CRATE VERSION [FLAG…]: puts a program into cargo's own folder unless this version is there.
install_crate() {
  local binary=$1 crate=$2 version=$3
  shift 3
  case "$("$binary" --version 2>/dev/null)" in *" $version"*) return ;; esac
  say "Installing $crate $version into cargo's own folder. This happens once and takes a few minutes."
  # The tools run for a second or two at a time: a quick build of them is worth more than a fast program.
  CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
    cargo install --locked --quiet "$crate@$version" "$@" || fail "$crate $version could not be installed."
}

# What any build of the site needs.
need_build_tools() {
  command -v cargo >/dev/null || fail "cargo is missing. Install Rust from https://rustup.rs and try again."
  # rust-toolchain.toml names the toolchain and the target; asking for them makes rustup fetch what is missing.
  if command -v rustup >/dev/null; then
    if ! rustup target list --installed 2>/dev/null | grep -q '^wasm32-unknown-unknown$'; then
      say "Installing the Rust toolchain of rust-toolchain.toml with its wasm32-unknown-unknown target."
      rustup toolchain install >/dev/null 2>&1 || true # older rustup installs it on first use
      rustup target add wasm32-unknown-unknown || fail "rustup could not add wasm32-unknown-unknown."
    fi
  fi
  install_crate trunk trunk "$TRUNK_VERSION" --no-default-features --features rustls
  install_crate wasm-bindgen wasm-bindgen-cli "$WASM_BINDGEN_VERSION"
}

# What the tests need as well: a browser and its WebDriver.
need_browser() {
  if command -v chromium >/dev/null && command -v chromedriver >/dev/null; then return; fi
  local root=()
  [ "$(id -u)" = 0 ] || root=(sudo -n)
  if command -v apt-get >/dev/null && "${root[@]}" true 2>/dev/null; then
    say "Installing Debian's chromium and chromium-driver for the browser tests."
    "${root[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq --no-install-recommends \
      chromium chromium-driver >/dev/null
  fi
  command -v chromium >/dev/null && command -v chromedriver >/dev/null ||
    fail "The browser tests need 'chromium' and 'chromedriver' on the PATH. Install both and try again."
}

# build_site [parts|count]: builds the optimised site in dist/, with the program in parts or counting what runs.
# tools/finish.sh cuts it, which needs the names of functions until then.
build_site() {
  DRYDOCK_CUT=${1:-parts} CARGO_PROFILE_RELEASE_STRIP=none \
    trunk build --release --features split --public-url ./ --dist dist || fail "The site could not be built."
}

# Holds the files of dist/ against tools/budget.toml.
sizes() {
  cargo run --quiet "${SITE[@]}" --bin sizes
}
