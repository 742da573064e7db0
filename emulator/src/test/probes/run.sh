#!/bin/sh
# Records what the probe kernels answer on the GPU at hand: ./run.sh OUTPUT_FOLDER writes OUTPUT_FOLDER/recorded.csv.gz.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:?usage: run.sh OUTPUT_FOLDER}
build=$(mktemp -d)
trap 'rm -rf "$build"' EXIT
nvcc -O1 -gencode arch=compute_90a,code=sm_90a -o "$build/record" "$here/record.cu"
"$build/record" > "$build/recorded.csv"
gzip -9 -n -c "$build/recorded.csv" > "$out/recorded.csv.gz"
head -n 1 "$build/recorded.csv"
grep -c '^probe,' "$build/recorded.csv"
ls -l "$out/recorded.csv.gz"
