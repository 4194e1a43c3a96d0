#!/bin/sh
# Makes one stylesheet of style/*.css. Cascade layers settle who wins, so the order of the files means nothing; only
# layers.css, which names the layers, comes first.
set -eu
out=target/site/drydock.css
mkdir -p target/site
{
  cat style/layers.css
  for file in style/*.css; do
    case $file in style/layers.css | style/fonts.css) ;; *) cat "$file" ;; esac
  done
} >"$out.new"
# An unchanged file keeps its date, so that a watching build does not see news in it.
if cmp -s "$out.new" "$out"; then rm "$out.new"; else mv "$out.new" "$out"; fi
