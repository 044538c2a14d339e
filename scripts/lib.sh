# What the scripts share. Source it first: it leaves you in the repository's root, where any failure ends the script.
# Everything a person reads goes to stderr.

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
step() { say; say "== $*"; }
have() { command -v "$1" >/dev/null 2>&1; }

# What cannot be installed on somebody's behalf: the toolchains are theirs to choose.
need_toolchains() {
    have cargo || fail "Rust was not found. Install Rust 1.95 or newer (https://rustup.rs), open a new shell and run this again."
    have node && have npm || fail "Node.js was not found. Install Node.js 20 or newer with npm (https://nodejs.org) and run this again."
    local major
    major=$(node --print 'process.versions.node.split(".")[0]')
    ((major >= 20)) || fail "Node.js $(node --version) is too old. Install Node.js 20 or newer (https://nodejs.org) and run this again."
    have cc || fail "No C compiler was found; SQLite is built with it. Install one (on Debian: apt-get install build-essential) and run this again."
}

# The folder of the newest installed PostgreSQL server. Debian keeps its programs off the PATH.
postgres_bin() {
    local folder
    for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort --version-sort --reverse) "$(dirname "$(command -v initdb || echo .)")"; do
        if [[ -x $folder/initdb && -x $folder/postgres && -x $folder/pg_isready ]]; then
            echo "$folder"
            return
        fi
    done
    return 1
}

# The browser of the browser tests; CHROMIUM overrides.
chromium_path() {
    if [[ -n ${CHROMIUM-} ]]; then
        echo "$CHROMIUM"
        return
    fi
    command -v chromium || command -v chromium-browser || command -v google-chrome
}

# Without one, Chromium draws Chinese as empty boxes, and a picture of a failure says nothing.
has_chinese_font() { [[ $(uname) == Darwin ]] || fc-list :lang=zh 2>/dev/null | grep --quiet .; }
