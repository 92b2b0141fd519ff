#!/usr/bin/env bash
# Restores, builds and runs every test; the last line is "N passed, N failed, N skipped".
set -uo pipefail
cd "$(dirname "$0")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet build Compiler.sln -c Release -v quiet || exit 1
dotnet test --solution Compiler.sln -c Release --no-build "$@" 2>&1 | tee "$log"
code=${PIPESTATUS[0]}
count() { grep -E "^ +$1: [0-9]+" "$log" | tail -n 1 | grep -oE '[0-9]+' || echo 0; }
failed=$(count failed)
[ "$code" -ne 0 ] && [ "$failed" -eq 0 ] && failed=1   # a test program that died counts as a failure
echo "$(count succeeded) passed, $failed failed, $(count skipped) skipped"
exit "$code"
