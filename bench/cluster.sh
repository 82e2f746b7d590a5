#!/bin/sh
# Two silos against one, in one run: real processes on one PostgreSQL, a PDS that takes 50 ms for each answer, four connections to it per silo.
# Prints the seconds of each run, and how many times as fast two silos are. Wants a machine that is idle.
set -eu
cd "$(dirname "$0")/.."
dotnet build tests/Atbb.EndToEnd.Tests -c Release -v quiet -nologo
cd tests/Atbb.EndToEnd.Tests/bin/Release/net10.0
exec ./Atbb.EndToEnd.Tests -noColor -noLogo -explicit only -showLiveOutput -class Atbb.EndToEnd.Tests.ClusterSpeed
