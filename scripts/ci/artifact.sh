#!/usr/bin/env bash
# Packs _site into artifact.tar as GitHub Pages takes it: plain files, no links, less than a gigabyte.
set -euo pipefail
limit=1000000000

if [[ -n $(find _site -type l -print -quit) ]]; then
    echo "The site holds symbolic links, which Pages does not publish:" >&2
    find _site -type l >&2
    exit 1
fi
size=$(find _site -type f -printf '%s\n' | awk '{ sum += $1 } END { print sum + 0 }')
if ((size > limit)); then
    echo "The site has $size bytes, more than the $limit that Pages publishes; docs/deploying.md names other hosts." >&2
    exit 1
fi
# Files that did not change since the build before share their place on the disk with it; here they become plain files.
# In a fixed order and without dates, so that the same site is the same artifact.
tar --create --file artifact.tar --directory _site --dereference --hard-dereference --sort=name --mtime=@0 \
    --owner=0 --group=0 --numeric-owner .
echo "artifact.tar holds $size bytes of site."
