#!/usr/bin/env bash
# Builds llmc, compiles the demo checkpoint for two ranks and asks it for a verse. Leaves the program in out/llmc and the
# engine in out/kjv.
set -euo pipefail
cd "$(dirname "$0")/.."
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
dotnet publish compiler/llmc -c Release -r linux-x64 -o out/llmc -v quiet
out/llmc/llmc build examples/kjv-llama --tp 2 --force -o out/kjv
out/llmc/llmc run out/kjv "${1:-Genesis 1:1}"
