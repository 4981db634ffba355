#!/usr/bin/env bash
# The whole test suite, from a clean clone, from any directory:
#
#   tests/run.sh            install what is missing, restore, build, check formatting, run every test project
#   tests/run.sh NAME…      build and run only the named test projects, e.g. `tests/run.sh Grains.Tests`
#
# The last line is always `N passed, N failed, N skipped`; the exit code is 0 only when nothing failed.
set -uo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root" || exit 1

configuration=Release
# A project that takes longer than this hangs.
project_timeout_seconds=1200

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
# Build servers would outlive this script.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 UseSharedCompilation=false

passed=0 failed=0 skipped=0
failures=()
session=

work=$(mktemp -d "${TMPDIR:-/tmp}/orleanstokens-tests.XXXXXX") || exit 1
# Programs that give up being root, as PostgreSQL does, must get to what is theirs below it.
chmod 711 -- "$work"
# Everything that a test writes lies below, so it goes with it.
export TMPDIR="$work/tmp"
mkdir "$TMPDIR"

session_processes() {
  [[ -n "$session" ]] && ps -o pid= -s "$session" | tr -d ' '
}

stop_session() {
  local pid
  for pid in $(session_processes); do
    kill -KILL "$pid" 2>/dev/null
  done
  session=
}

cleanup() {
  stop_session
  rm -rf -- "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step() {
  echo
  echo "== $*"
}

fail() {
  failed=$((failed + 1))
  failures+=("$1")
}

finish() {
  if ((${#failures[@]} > 0)); then
    step "Failures"
    printf '  %s\n' "${failures[@]}"
  fi
  echo
  echo "$passed passed, $failed failed, $skipped skipped"
  ((failed == 0))
  exit
}

# Test projects, the quick ones first.
find_projects() {
  local file name
  for file in tests/*/*.csproj; do
    grep -q '<IsTestProject>true</IsTestProject>' "$file" || continue
    name=$(basename -- "$file" .csproj)
    [[ "$name" == EndToEnd.Tests ]] || echo "$name"
  done
  [[ -e tests/EndToEnd.Tests/EndToEnd.Tests.csproj ]] && echo EndToEnd.Tests
}

# attribute NAME FILE: the attribute of the assembly element in a result file.
attribute() {
  sed -n "s/.*<assembly [^>]* $1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1
}

# The names of the tests that failed, as they stand in a result file.
failed_tests() {
  grep -o '<test [^>]*result="Fail"' "$1" | sed -e 's/.* name="\([^"]*\)".*/\1/' \
    -e 's/&quot;/"/g' -e "s/&apos;/'/g" -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&amp;/\&/g'
}

# Adds up one result file; a project that ran nothing, or ended otherwise than its results say, has failed.
count_results() {
  local name=$1 exit_code=$2 results=$3 project_passed project_failed project_skipped project_errors test
  project_passed=$(attribute passed "$results" 2>/dev/null)
  project_failed=$(attribute failed "$results" 2>/dev/null)
  project_skipped=$(attribute skipped "$results" 2>/dev/null)
  project_errors=$(attribute errors "$results" 2>/dev/null)
  if [[ -z "$project_passed" || -z "$project_failed" || -z "$project_skipped" || -z "$project_errors" ]]; then
    if ((exit_code == 124 || exit_code == 137)); then
      fail "$name: no result within $project_timeout_seconds seconds"
    else
      fail "$name: ended with exit code $exit_code and left no results"
    fi
    return
  fi
  passed=$((passed + project_passed))
  skipped=$((skipped + project_skipped))
  failed=$((failed + project_failed + project_errors))
  while IFS= read -r test; do
    failures+=("$test")
  done < <(failed_tests "$results")
  if ((project_errors > 0)); then
    failures+=("$name: $project_errors error(s) outside of tests, in a fixture or clean-up")
  fi
  if ((project_passed + project_failed == 0)); then
    fail "$name: ran no test"
  elif ((exit_code != 0 && project_failed + project_errors == 0)); then
    fail "$name: ended with exit code $exit_code although no test failed"
  fi
}

run_project() {
  local name=$1 dll results exit_code left
  dll="tests/$name/bin/$configuration/net10.0/OrleansTokens.$name.dll"
  results="$work/$name.xml"
  step "$name"
  # A session of its own holds every process that the tests start, whoever their parent is by then.
  setsid bash -c 'echo $$ >"$1"; shift; exec "$@"' session "$work/session" \
    timeout --kill-after=10 "$project_timeout_seconds" \
    dotnet "$dll" -noLogo -noColor -result-xml "$results" </dev/null 2>&1 &
  local runner=$!
  while [[ ! -s "$work/session" ]] && kill -0 "$runner" 2>/dev/null; do
    sleep 0.05
  done
  session=$(cat "$work/session" 2>/dev/null)
  wait "$runner"
  exit_code=$?
  count_results "$name" "$exit_code" "$results"
  left=$(session_processes)
  if [[ -n "$left" ]]; then
    # shellcheck disable=SC2086 # one argument for each process
    ps -o pid,args -p $(echo $left | tr ' ' ',')
    stop_session
    fail "$name: left processes behind"
  fi
  session=
  rm -f -- "$work/session"
}

mapfile -t known < <(find_projects)
projects=()
for name in "$@"; do
  name=$(basename -- "$name" .csproj)
  if [[ " ${known[*]} " != *" $name "* ]]; then
    echo "tests/run.sh: no test project '$name'; there are: ${known[*]}" >&2
    exit 2
  fi
  projects+=("$name")
done
if (($# == 0)); then
  projects=("${known[@]}")
  build_targets=(OrleansTokens.sln)
else
  build_targets=("${projects[@]/#/tests/}")
fi

if [[ " ${projects[*]} " == *" EndToEnd.Tests "* ]]; then
  step "Programs for the end-to-end tests"
  tests/install.sh || fail "tests/install.sh"
fi

step "Build"
for target in "${build_targets[@]}"; do
  if ! dotnet restore "$target" --locked-mode -v q || ! dotnet build "$target" -c "$configuration" --no-restore -v q; then
    fail "build of $target"
    finish
  fi
done

if (($# == 0)); then
  step "Formatting"
  dotnet format OrleansTokens.sln --verify-no-changes --no-restore || fail "dotnet format --verify-no-changes"
fi

for name in "${projects[@]}"; do
  run_project "$name"
done
finish
