#!/usr/bin/env bash
# Runs every test, on any Debian with the .NET SDK. What is missing (PostgreSQL, Node, a C++ compiler, Chromium, Prometheus, libfaketime) is installed first, by apt.
#
#   ./test.sh                  all test projects, one after another
#   ./test.sh Indexing Grains  those whose names contain one of these
#
# The last line is "N passed, N failed, N skipped". The exit status is 0 only if tests ran and none failed; with CI=true, also none may
# have been skipped. Reports stay in artifacts/test-results.
set -uo pipefail
cd "$(dirname "$0")"

readonly configuration=Release
readonly results=artifacts/test-results
# A project that takes longer hangs: what it still runs is ended, and it has failed.
readonly limit=${TEST_TIMEOUT:-60m}

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# No build server outlives the run, holding its output open.
export MSBUILDDISABLENODEREUSE=1
# Dozens of processes with silos in them share the processors here: one that waits for work is not to spin meanwhile.
export DOTNET_ThreadPool_UnfairSemaphoreSpinLimit=0
# Each of their starts compiles anew: a tenth cheaper where code pages need not be mapped twice.
export DOTNET_EnableWriteXorExecute=0

passed=0 failed=0 skipped=0

say() { printf '%s\n' "$*"; }

in_ci() { [ "${CI:-}" = true ]; }

finish() {
    local status=0
    if [ "$failed" -gt 0 ]; then
        status=1
    elif [ "$passed" -eq 0 ]; then
        say "No test ran."
        status=1
    elif in_ci && [ "$skipped" -gt 0 ]; then
        say "Tests were skipped, which is a failure here (CI=true)."
        status=1
    fi
    say "$passed passed, $failed failed, $skipped skipped"
    exit "$status"
}

has() { command -v "$1" >/dev/null 2>&1; }

# --- What the tests need ---------------------------------------------------------------------------------------------------------------

apt_install() {
    if ! has apt-get; then
        say "Missing: $*. There is no apt-get here to install it with."
        return 1
    fi
    local root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    say "Installing $* ..."
    local log=$results/apt.log
    { "${root[@]}" apt-get update -q && "${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends "$@"; } \
        >"$log" 2>&1 </dev/null || { tail -n 20 "$log"; return 1; }
}

has_postgresql() { has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; }

ensure_postgresql() {
    has_postgresql && return
    # Tests start servers of their own; the package must not start one for the whole machine.
    local root=()
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    "${root[@]}" mkdir -p /etc/postgresql-common/createcluster.d
    echo 'create_main_cluster = false' | "${root[@]}" tee /etc/postgresql-common/createcluster.d/no-main-cluster.conf >/dev/null
    apt_install postgresql
}

ensure_compiler() {
    tests/real-pds/install.sh --check && return
    local missing=()
    has npm || missing+=(nodejs npm)
    has g++ || missing+=(g++)
    has make || missing+=(make)
    has python3 || missing+=(python3)
    [ ${#missing[@]} -eq 0 ] || apt_install "${missing[@]}"
}

ensure_browser() { has chromium || has chromium-browser || has google-chrome || has google-chrome-stable || apt_install chromium; }

ensure_prometheus() {
    has prometheus && has promtool && return
    # The tests start servers of their own here too. What asks this file first starts none; whoever has such a file has said already what is to be started.
    local policy=/usr/sbin/policy-rc.d root=() ours=no status
    [ "$(id -u)" -eq 0 ] || root=(sudo)
    if [ ! -e "$policy" ]; then
        ours=yes
        printf '#!/bin/sh\nexit 101\n' | "${root[@]}" tee "$policy" >/dev/null && "${root[@]}" chmod +x "$policy"
    fi
    apt_install prometheus
    status=$?
    [ "$ours" = no ] || "${root[@]}" rm -f "$policy"
    # Nor is it to be there after the next start of the machine.
    if [ "$status" -eq 0 ] && has systemctl; then
        "${root[@]}" systemctl disable prometheus >/dev/null 2>&1 || true
    fi
    return "$status"
}

# Sets the clock of a process under test.
ensure_faketime() { compgen -G '/usr/lib/*-linux-gnu/faketime/libfaketimeMT.so.1' >/dev/null || apt_install faketime; }

# --- One project -----------------------------------------------------------------------------------------------------------------------

# The number in an attribute of the report's <assembly> element.
attribute() { grep -o '<assembly [^>]*>' "$2" | grep -o " $1=\"[0-9]*\"" | tr -dc '0-9'; }

# What an output says of tests that failed or were skipped, without the hundreds that passed: where only the end of a log is kept, it is to hold this.
faults() {
    awk '/^    [^ ].* \[[A-Z]+\]$/ { on = /\[(FAIL|SKIP)\]$/; if (on) print; next }
         /^  ?[^ ]/ { on = 0 }
         on && /^(      |$)/' "$1"
}

run_project() {
    local project=$1
    local name; name=$(basename "$project" .csproj)
    local program; program=$(dirname "$project")/bin/$configuration/net10.0/$name
    local report=$results/$name.xml output=$results/$name.log

    # A test that goes on for minutes is named in the output: should all of it be ended, one sees by whose fault.
    timeout --kill-after=30s "$limit" "$program" -noColor -noLogo -longRunning 180 -result-xml "$report" >"$output" 2>&1 </dev/null
    local status=$?

    local ran failures errors skips
    if [ ! -s "$report" ] || ! ran=$(attribute passed "$report") || ! failures=$(attribute failed "$report") \
        || ! errors=$(attribute errors "$report") || ! skips=$(attribute skipped "$report"); then
        tail -n 100 "$output"
        [ "$status" -eq 124 ] && say "$name: did not end within $limit."
        say "$name: ended with status $status and left no report; counted as one failure."
        failed=$((failed + 1))
        return
    fi

    # What is no test's failure but that of what tests share, or of the program, stands in no test's lines.
    if [ "$errors" -gt 0 ] || { [ "$status" -ne 0 ] && [ "$failures" -eq 0 ]; }; then
        cat "$output"
    elif [ $((failures + skips)) -gt 0 ]; then
        faults "$output"
    fi

    failures=$((failures + errors))
    if [ "$status" -ne 0 ] && [ "$failures" -eq 0 ]; then
        say "$name: ended with status $status although no test failed; counted as one failure."
        failures=1
    elif [ $((ran + failures + skips)) -eq 0 ]; then
        say "$name: has no tests; counted as one failure."
        failures=1
    fi

    say "$name: $ran passed, $failures failed, $skips skipped"
    passed=$((passed + ran)) failed=$((failed + failures)) skipped=$((skipped + skips))
}

selected() {
    local project=$1 word
    shift
    [ $# -eq 0 ] && return
    for word in "$@"; do
        [[ $(basename "$project" .csproj) == *"$word"* ]] && return
    done
    return 1
}

# --- All of it -------------------------------------------------------------------------------------------------------------------------

rm -rf "$results"
mkdir -p "$results"

ensure_postgresql || say "PostgreSQL could not be installed: its tests cannot run."
ensure_prometheus || say "Prometheus could not be installed: the tests of queries and alerts cannot run."
ensure_browser || say "Chromium could not be installed: the tests in a browser cannot run."
ensure_faketime || say "libfaketime could not be installed: the tests that set a clock cannot run."
ensure_compiler || say "What the real PDS is made with could not be installed."

# Mostly waits for packages, and then compiles with one processor: beside the build, which leaves as much free.
tests/real-pds/install.sh >"$results/real-pds.log" 2>&1 </dev/null &
real_pds=$!

if ! dotnet build Atbb.Orleans.sln -c "$configuration" -v quiet >"$results/build.log" 2>&1 </dev/null; then
    grep -E 'error|warn' "$results/build.log" | sort -u | head -n 50 || true
    say "The build failed; counted as one failure."
    wait "$real_pds"
    failed=1
    finish
fi

wait "$real_pds" || { tail -n 20 "$results/real-pds.log"; say "The real PDS could not be installed: its tests cannot run."; }

# One after another: what takes long has two tests at a time under way, which is as much as two processors bear.
for project in tests/*.Tests/*.csproj; do
    if selected "$project" "$@"; then
        run_project "$project"
    fi
done

finish
