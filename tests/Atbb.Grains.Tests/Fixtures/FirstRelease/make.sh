#!/usr/bin/env bash
# Makes this folder anew: the messages between silos as a release sends them (messages.json), and all that it takes for granted of them
# (messages.txt).
#
# Made once, by 0.1.0. Run it again only in a checkout of that release, and for another release in a folder of its own.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
cd ../../../..
dotnet build tests/Atbb.Grains.Tests -c Release
ATBB_FIXTURES=$here tests/Atbb.Grains.Tests/bin/Release/net10.0/Atbb.Grains.Tests -noColor -noLogo \
    -explicit only -method Atbb.Grains.Tests.Upgrades.RollingUpgradeTests.Make
