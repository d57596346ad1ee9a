#!/usr/bin/env bash
# Makes every picture of the README, with the commands that the README shows.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
out=samples/readme

convfilter blur samples/chelsea.png --kernel gaussian --sigma 4 --overwrite -o $out/blur.jpg --compare $out/blur-compare.jpg
convfilter apply samples/coffee.png --kernel sobel --overwrite -o $out/sobel.jpg --compare $out/sobel-compare.jpg
convfilter gray samples/rocket.jpg --method rec709 --overwrite -o $out/gray.jpg --compare $out/gray-compare.jpg
convfilter kernels show sobel --picture $out/sobel-kernel.png --overwrite
convfilter apply samples/coffee.png --recipe first-layer --compare $out/recipe-steps.png --overwrite -o $out/recipe.png
rm $out/recipe.png

python samples/digits.py
convfilter mnist predict samples/digit.jpg --explain $out/explain.png --overwrite
work=$(mktemp -d)
convfilter mnist train -o "$work/fast"
cp "$work/fast/misclassified.png" "$work/fast/filters.png" $out/
convfilter mnist kernels -o "$work/learned"
convfilter apply samples/coffee.png --gray --kernel "$work/learned/filter-08.yaml" --range rescale --overwrite \
    -o $out/learned.jpg --compare $out/learned-compare.jpg
rm -r "$work"
