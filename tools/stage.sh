#!/usr/bin/env bash
# Runs a stage of the tests and notes what it took: stage.sh NAME COMMAND... Without arguments it lists the
# stages that were noted since the last list.
set -euo pipefail
noted=target/stages

if [ $# -eq 0 ]; then
    awk -F '\t' '{ printf "%6d s  %s\n", $2, $1; sum += $2 } END { printf "%6d s  together\n", sum }' "$noted"
    rm "$noted"
    exit
fi
name=$1
shift
mkdir -p target
start=$SECONDS
"$@"
printf '%s\t%d\n' "$name" $((SECONDS - start)) >> "$noted"
