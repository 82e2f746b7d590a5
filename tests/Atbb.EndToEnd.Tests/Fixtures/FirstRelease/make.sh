#!/usr/bin/env bash
# Makes this folder anew: what a release leaves behind that is killed in the middle of a full sync, in SQLite (index.db, index.orleans.db)
# and in PostgreSQL (index.sql), with the forum that it was reading (forum.json).
#
# Made once, by 0.1.0. It is what later releases have to go on with: run it again only in a checkout of that release, and for another
# release in a folder of its own.
set -euo pipefail
cd "$(dirname "$0")"
here=$PWD
cd ../../../..
dotnet build tests/Atbb.EndToEnd.Tests -c Release
ATBB_FIXTURES=$here tests/Atbb.EndToEnd.Tests/bin/Release/net10.0/Atbb.EndToEnd.Tests -noColor -noLogo \
    -explicit only -class Atbb.EndToEnd.Tests.Upgrades.FirstReleaseMaker
