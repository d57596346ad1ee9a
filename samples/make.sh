#!/usr/bin/env bash
# Makes every picture of the README, with the commands that the README shows.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH="$PWD/.venv/bin:$PATH"
out=samples/readme
work=$(mktemp -d)

convfilter blur samples/chelsea.png --kernel gaussian --sigma 4 --overwrite -o $work/blur.jpg --compare $out/blur-compare.jpg
convfilter apply samples/coffee.png --kernel sobel --overwrite -o $work/sobel.jpg --compare $out/sobel-compare.jpg
convfilter gray samples/rocket.jpg --method rec709 --overwrite -o $work/gray.jpg --compare $out/gray-compare.jpg
convfilter kernels show emboss --picture $out/emboss-kernel.png --overwrite
convfilter apply samples/coffee.png --recipe first-layer --compare $out/recipe-steps.jpg --overwrite -o $work/recipe.png

python samples/digits.py
convfilter mnist predict samples/digit.jpg --explain $out/explain.png --overwrite
convfilter mnist train -o "$work/fast"
cp "$work/fast/misclassified.png" "$work/fast/filters.png" $out/
convfilter mnist kernels -o "$work/learned"
convfilter apply samples/coffee.png --gray --kernel "$work/learned/filter-08.yaml" --range rescale --overwrite \
    -o $work/learned.jpg --compare $out/learned-compare.jpg
rm -r "$work"
