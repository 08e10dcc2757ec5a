#!/usr/bin/env bash
# build.sh: everything this repository can do. What is missing on the machine is installed on the way.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

help() {
  cat <<'HELP'
./build.sh VERB

  demo        build, then watch the main job in a real browser: enrol, keep, sign in
  test        check, then every test: Rust, the vault's independent reader, the browser;
              with --changed those that can be touched by what differs from main (on main: by what is not committed)
  build       dist/chromium and dist/firefox, ready to load as unpacked extensions
  soak        write and read 1,000 vaults; kill worker and browser while they save, import, restore and sync, and start
              them cold under a policy:
              ./build.sh soak [WORKER-KILLS BROWSER-KILLS OPERATIONS COLD-STARTS]
  prove       break what SECURITY.md promises, one promise after the other, and see its test fail (tests/promises/):
              ./build.sh prove [--left] [PART OF A PROMISE OR A TEST]...
  fuzz        have libFuzzer change the corpora of tests/fuzz/: ./build.sh fuzz [SECONDS A TARGET, 1800 [TARGET]...]
  attack      change 10,000 files of each format that is imported, at random, and see that nothing ends the reader, nothing takes
              more memory than there is a budget for, and no entry goes without a word: ./build.sh attack [FILES A FORMAT]
  mutants     change a crate's source line by line, and list what no test notices:
              ./build.sh mutants CRATE MODULES-OF-TESTS [FILE]..., as in ./build.sh mutants policy policy,callers
  check       format, clippy (native and wasm32), tsc --strict, lint of both packages, cargo deny, shellcheck
  bench       measure: ./build.sh bench [popup | fill | vault | import | scan | engines | qr [--corpus DIR]]; without a name, all of them
  screenshots every state of every page, in each language and look, as one sheet (target/screenshots/index.html), with
              what differs from the pictures that were looked at last: ./build.sh screenshots [--looked] [PART OF A STATE'S
              NAME...]; --looked keeps these as the ones that were looked at
  store       the pictures of the stores' pages, into extension/store/; the sheets for pupils and teachers, into target/papers/
  package     dist/*.zip for the stores, the source, checksums and an SBOM: the same bytes from every folder
  reproduce   package in another folder, and compare: ./build.sh reproduce [SHA256SUMS that somebody published]
  served      what a store serves (a CRX or XPI file), compared with what is packed here: ./build.sh served FILE
  try-page    what the built extension does on a saved page: ./build.sh try-page --help
  live-check  what Microsoft's pages do today: leads a person with a test tenant through docs/live-check.md
  clean       remove all that was built or fetched into this folder

Environment: CHROMIUM (path of a Chromium, Chrome or Edge), FIREFOX, HEADLESS=1 (no window even where there is a display),
BROWSER=chromium or firefox (browser tests in that one alone).
HELP
}

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
npm_dir=tests/browser
npm_bin=$npm_dir/node_modules/.bin

# shellcheck source=.build/machine.sh
source .build/machine.sh

wasm() {
  cargo_here
  npm_here
  say "Compiling to Wasm"
  wasm_cargo build --release --locked -p tofaktor-core -p tofaktor-reader -p tofaktor-scanner
  bindgen
  mkdir -p target/core
  once target/$triple/release/tofaktor_core.wasm bind tofaktor
  once target/$triple/release/tofaktor_reader.wasm bind reader
  once target/$triple/release/tofaktor_scanner.wasm shrink target/core/scanner.wasm
}

# once INPUT DO ARGUMENTS...: does it unless it was done with just this input before.
once() {
  local input=$1 stamp sum
  stamp=target/core/$(basename "$1").done
  sum=$(cat "$input" build.sh | sha256sum)
  [[ -e $stamp && $(<"$stamp") == "$sum" ]] && return
  say "$2: $input"
  "$2" "$input" "${@:3}"
  printf '%s' "$sum" >"$stamp"
}

# bind INPUT NAME: JavaScript for a module, and the module that it loads.
bind() {
  target/tools/bind/release/bind "$1" target/core "$2"
  shrink "target/core/$2_bg.wasm" "target/core/$2_bg.wasm"
}

# shrink INPUT OUTPUT
shrink() {
  "$npm_bin/wasm-opt" "$1" -o "$2" -O2 --strip-debug --strip-producers --enable-simd --enable-bulk-memory --enable-sign-ext \
    --enable-nontrapping-float-to-int --enable-mutable-globals --enable-reference-types --enable-multivalue
}

build() {
  wasm
  need "makes each browser's manifest from the one in extension/" jq
  node .build/shipped.mjs licences >target/core/LICENSES.txt
  pack chromium 'del(.background.scripts, .browser_specific_settings)'
  pack firefox 'del(.background.service_worker, .minimum_chrome_version, .storage, .key) | .optional_permissions -= ["offscreen"]'
}

# pack BROWSER SUBTRACT: one manifest serves all browsers; a package is that, less the other browser's keys.
pack() {
  local dist=dist/$1
  rm -rf "$dist"
  mkdir -p "$dist/core"
  cp -R extension/. "$dist"
  gather_words "$dist"
  page_rules >"$dist/content/rules.js"
  rm -rf "$dist/store" # pictures and texts for the stores' pages
  [[ ! -d www ]] || cp -R www "$dist"
  cp target/core/{{tofaktor,reader}.{js,d.ts},{tofaktor,reader}_bg.wasm,scanner.wasm} "$dist/core"
  cp target/core/LICENSES.txt "$dist"
  jq --arg version "$version" "$2 | .version = \$version" extension/manifest.json >"$dist/manifest.json"
  say "$dist: $(find "$dist" -type f ! -name '*.d.ts' -exec cat {} + | wc -c) bytes"
}

# page_rules: what the content scripts need of what is known of Microsoft's pages.
page_rules() {
  jq -r '"var tofaktorRules = \({signIn, setUp, never} | tojson);"' src/pages/rules/rules.json
}

# gather_words FOLDER: every language's words side by side in one file, where they weigh three quarters of what they do
# one by one. The browser itself reads those alone that the manifest names.
gather_words() {
  local file
  jq -nc 'reduce (inputs | {language: (input_filename | split("/")[-2]), words: .}) as $one ([[], {}];
    .[0] += [$one.language] | reduce ($one.words | to_entries[]) as $word (.; .[1][$word.key] += [$word.value.message]))' \
    "$1"/_locales/*/messages.json >"$1/words.json"
  for file in "$1"/_locales/*/messages.json; do
    jq -c --slurpfile manifest extension/manifest.json \
      '. as $all | [$manifest[] | .. | strings | capture("^__MSG_(?<key>.*)__$").key] | unique | map({(.): $all[.]}) | add' \
      "extension/${file#"$1"/}" >"$file"
  done
}

package() {
  local state
  state=$(git rev-parse HEAD && git status --porcelain)
  build
  need "packs" zip
  need "packs tighter" advzip advancecomp
  local browser folder zip
  rm -f dist/*.zip dist/*.tar.gz dist/*.json dist/SHA256SUMS
  # The stores of Chrome and Edge give an extension its id themselves, and take no key.
  pack store-chromium 'del(.background.scripts, .browser_specific_settings, .key)'
  for browser in chromium firefox; do
    folder=dist/$browser
    [[ $browser == firefox ]] || folder=dist/store-chromium
    zip=tofaktor-$browser-$version.zip
    (
      cd "$folder"
      chmod -R u=rwX,go=rX .
      find . -exec touch -d @0 {} +
      find . -type f ! -name '*.d.ts' | LC_ALL=C sort | TZ=UTC zip -qX -@ "../$zip"
    )
    TZ=UTC advzip -qz4 "dist/$zip"
    say "dist/$zip: $(wc -c <"dist/$zip") bytes"
  done
  [[ $(git rev-parse HEAD && git status --porcelain) == "$state" ]] || fail "something here was changed while it was packed."
  # What AMO asks for beside the Firefox package: the source that it was built from.
  git archive --prefix="tofaktor-$version/" HEAD | gzip -9n >"dist/tofaktor-source-$version.tar.gz"
  [[ -z $(git status --porcelain) ]] || say "There are changes that are not committed: the source archive does not have them."
  node .build/shipped.mjs sbom >"dist/tofaktor-$version.cdx.json"
  # Another compiler makes other bytes, so the list says which one it was.
  (cd dist && { echo "# $(wasm_compiler)" && sha256sum -- *.zip *.tar.gz *.json; } | tee SHA256SUMS)
  node .build/provenance.mjs dist/SHA256SUMS >dist/provenance.json
  [[ -s dist/provenance.json ]] || rm dist/provenance.json
}

# reproduce [SHA256SUMS]: makes the packages once more, of what is committed, in another folder, and compares them with the
# list that is given, or with what `package` makes here.
reproduce() {
  local sums=${1:-dist/SHA256SUMS} elsewhere made
  [[ -e $sums ]] || package
  sums=$(realpath "$sums")
  elsewhere=$(mktemp -d)
  made=$elsewhere/in/quite/another/folder
  git clone --quiet . "$made"
  say "Building in $made, with tools of its own"
  (cd "$made" && ./build.sh package >&2)
  head -n 1 "$sums" "$made/dist/SHA256SUMS"
  (cd "$made/dist" && sha256sum --check "$sums") || fail "not the same; $made is what was built. Was it by the same compiler, from the same commit?"
  rm -rf "$elsewhere"
}

# served FILE: whether what a store serves is what is packed here, of what is committed.
served() {
  need "unpacks" unzip
  package >&2
  local folder=dist/store-chromium
  [[ ${1:?a CRX or XPI file} == *.crx ]] || folder=dist/firefox
  node .build/served.mjs "$1" "$folder"
}

check() {
  build
  need "reads the scripts" shellcheck
  have cargo-fmt || debian "checks the format" rustfmt-web
  have cargo-clippy || debian "reads the Rust code" rust-web-clippy
  local failed=() scripts
  mapfile -t scripts < <(git ls-files -- '*.sh' .ci/run)
  step "Format" cargo fmt --all --check -- -l
  step "Clippy, native" cargo clippy --workspace --all-targets -- -D warnings
  step "Clippy, $triple" wasm_cargo clippy --release -p tofaktor-core -p tofaktor-reader -p tofaktor-scanner -- -D warnings
  step "Types of what is shipped" "$npm_bin/tsc" --project $npm_dir/tsconfig.json
  step "Types of the tests" "$npm_bin/tsc" --project $npm_dir/tsconfig.tests.json
  step "Lint of dist/firefox" "$npm_bin/web-ext" lint --source-dir dist/firefox --ignore-files '**/*.d.ts' --warnings-as-errors --boring
  step "Both manifests, and the oldest browsers they admit" node --test --test-reporter=dot $npm_dir/{manifest,compat}.test.mjs
  step "Dependencies: advisories, licences, bans, sources" dependencies
  step "Scripts" shellcheck --external-sources "${scripts[@]}"
  ((${#failed[@]} == 0)) || fail "check: $(printf '%s; ' "${failed[@]}")see above."
}

# What deny.toml asks, of RustSec's own database. Where there is no way to it, of the one that was fetched here before, or
# of the copy in .build; then it says of which day. Its folder has the name that cargo-deny gives to the address.
dependencies() {
  local address=https://github.com/rustsec/advisory-db database=target/advisories/advisory-db-3157b0e258782691
  cargo_deny && cargo fetch --locked --quiet || return
  if GIT_TERMINAL_PROMPT=0 timeout 20 git ls-remote --quiet "$address" HEAD >/dev/null 2>&1; then
    [[ ! -e $database/.copy ]] || rm -rf "$database"
    target/tools/bin/cargo-deny --locked --log-level error fetch db || return
  elif [[ ! -d $database || -e $database/.copy ]]; then
    node .build/advisories.mjs "$database" || return
    say "No way to $address: asking the copy of $(sed -n 's/.*Read on \([0-9-]*\).*/\1/p' .build/advisories.txt)"
  else
    say "No way to $address: asking what was fetched of it, of $(git -C "$database" log -1 --format=%cs)"
  fi
  node .build/shipped.mjs reviewed && target/tools/bin/cargo-deny --offline --locked --log-level error check
}

# step NAME COMMAND...: all checks are made, and those that failed are named at the end.
step() {
  say "$1"
  "${@:2}" || failed+=("$1")
}

# test [--changed]: all of it, or what .build/changed.mjs says that a change can touch.
test() {
  local crates=(--workspace) files=("$npm_dir"/*.test.mjs) touched
  cargo_here
  npm_here
  case ${1:-} in
    "") ;;
    --changed)
      touched=$(node .build/changed.mjs)
      mapfile -t crates < <(sed -n 's/^crate /--package=/p' <<<"$touched")
      mapfile -t files < <(sed -n "s|^browser |$npm_dir/|p" <<<"$touched")
      ;;
    *) fail "test takes --changed, or nothing." ;;
  esac
  check
  chromium >/dev/null
  firefox >/dev/null
  need "makes a certificate for the replica pages" openssl
  python_here
  need "a screen for the tests that press the browser's own menus and keys" Xvfb xvfb
  need "presses them" xdotool
  say "Rust tests" && rust_tests "${crates[@]}"
  say "The vault, read by another program" && target/venv/bin/python tests/read_vault.py --self-test
  browser_tests "${files[@]}" || fail "test: see above."
}

# rust_tests PACKAGES...: nextest runs the tests side by side, where it is installed.
rust_tests() {
  (($#)) || return 0
  if have cargo-nextest; then cargo nextest run --no-fail-fast "$@"; else cargo test "$@"; fi
}

# browser_tests FILE...: those of each browser in a process of its own, and in each one file more side by side than there are
# cores: browsers wait half of the time, for each other and for clocks.
browser_tests() {
  local browser browsers=(chromium firefox) out=target/browser-tests broken=0
  [[ -z ${BROWSER:-} ]] || browsers=("$BROWSER")
  CHROMIUM=$(chromium) FIREFOX=$(firefox)
  export CHROMIUM FIREFOX
  say "Browser tests: ${browsers[*]}; what all but the first say, into $out.*.txt"
  for browser in "${browsers[@]:1}"; do tests_in "$browser" "$@" >"$out.$browser.txt" 2>"$out.$browser.failed.txt" & done
  tests_in "${browsers[0]}" "$@" 2>"$out.${browsers[0]}.failed.txt" || broken=1
  for browser in "${browsers[@]:1}"; do
    wait -n || broken=1
    say "Browser tests: $browser" && cat "$out.$browser.txt"
  done
  # Once more, where a long output is looked at.
  for browser in "${browsers[@]}"; do cat "$out.$browser.failed.txt" >&2; done
  return $broken
}

# tests_in BROWSER FILE...: those of these files that run there.
tests_in() {
  local files
  files=$(node $npm_dir/differences.mjs --run-in "$@") || return
  mapfile -t files < <(printf %s "$files")
  ((${#files[@]} == 0)) || BROWSER=$1 node $npm_dir/run.mjs "$(($(nproc) + 1))" "${files[@]}"
}

soak() {
  build
  python_here
  SOAK=1 cargo test --package support --test native exchange::round_trip::
  CHROMIUM=$(chromium) node $npm_dir/soak.mjs "$@"
}

demo() {
  build
  CHROMIUM=$(chromium) node $npm_dir/demo.mjs "$@"
}

store() {
  build
  CHROMIUM=$(chromium) HEADLESS=1 node $npm_dir/store.mjs "$@"
}

screenshots() {
  build
  CHROMIUM=$(chromium) node $npm_dir/screenshots.mjs "$@"
}

try-page() {
  build
  CHROMIUM=$(chromium) node $npm_dir/try-page.mjs "$@"
}

live-check() {
  build
  CHROMIUM=$(chromium) node $npm_dir/live-check.mjs "$@"
}

# bench [NAME [OPTIONS...]]: one of them, or all.
bench() {
  build
  npm_here tests/bench
  local name
  if (($#)); then
    CHROMIUM=$(chromium) FIREFOX=$(firefox) node "tests/bench/$1.mjs" "${@:2}"
  else
    for name in popup fill vault import scan qr engines; do
      say "$name" && CHROMIUM=$(chromium) FIREFOX=$(firefox) node "tests/bench/$name.mjs"
    done
  fi
}

prove() {
  cargo_here
  node tests/promises/prove.mjs "$@"
}

# fuzz [SECONDS A TARGET [TARGET]...]: what it finds that is new lies in target/fuzz/, and is kept from there by hand.
fuzz() {
  local seconds=${1:-1800} targets=("${@:2}") target
  cargo_here
  npm_here
  need "compiles libFuzzer" c++ g++
  have cargo-fuzz || cargo install --locked --version 0.13.2 cargo-fuzz
  # The flags are unstable ones, which a stable compiler takes when it is told that it bootstraps. Nearly all that is
  # called is safe Rust, which without a sanitizer is tried twice as often.
  local -x RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$PWD/target/fuzz/build
  node tests/fuzz/seeds.mjs target/fuzz/seeds
  cp Cargo.lock tests/fuzz/ # the versions that are shipped
  ((${#targets[@]})) || mapfile -t targets < <(basename -s .rs tests/fuzz/fuzz_targets/*.rs)
  for target in "${targets[@]}"; do
    say "$target, $seconds s"
    mkdir -p target/fuzz/{found,seeds}/"$target" "tests/fuzz/corpus/$target"
    cargo fuzz run --fuzz-dir tests/fuzz --sanitizer none "$target" target/fuzz/found/"$target" \
      "tests/fuzz/corpus/$target" target/fuzz/seeds/"$target" -- -max_total_time="$seconds" -timeout=20
  done
}

attack() {
  cargo_here
  ATTACK=${1:-10000} cargo test --package support --test native -- --nocapture exchange::attack::
}

# mutants CRATE MODULES [FILE]...: in a copy, whose tests are those modules alone, so that each change is linked in seconds.
mutants() {
  local crate=$1 tree=target/mutants/tree file module files=()
  cargo_here
  have cargo-mutants || cargo install --locked --version 27.1.0 cargo-mutants
  mkdir -p "$tree"
  git archive HEAD | tar x -C "$tree"
  {
    printf '//! A selection.\n'
    for module in ${2//,/ }; do printf 'mod %s;\n' "$module"; done
  } >"$tree/tests/main.rs"
  sed -i 's/^\[profile.dev\]/&\ndebug = false\nincremental = true/' "$tree/Cargo.toml"
  # Half a minute for each change, and about the allocator.
  sed -i '/^# Its allocator/,/^path = "vault_memory.rs"/d' "$tree/tests/Cargo.toml"
  cd "$tree"
  for file in "${@:3}"; do files+=(--file "$file"); done
  # cargo-mutants tries the unchanged source with the crate's own tests alone: were these broken, all would count as caught.
  cargo nextest run --no-tests pass --package "$crate" --package support
  NEXTEST_NO_TESTS=pass cargo mutants --in-place --package "$crate" --test-package "$crate" --test-package support \
    --timeout 120 --output "../$crate" "${files[@]}"
}

clean() { rm -rf target dist tests/browser/node_modules tests/bench/node_modules; }

verb=${1:-help}
case $verb in
  help | -h | --help) help ;;
  build | check | test | soak | prove | fuzz | attack | mutants | demo | bench | screenshots | store | package | reproduce | served | try-page | live-check | clean) "$verb" "${@:2}" ;;
  *) fail "there is no '$verb'; ./build.sh help says what there is." ;;
esac
