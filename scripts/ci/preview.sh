#!/usr/bin/env bash
# Builds the site with the change and without it, checks the links of the new one, and tells what the change does.
set -euo pipefail
agsite=$PWD/.venv/bin/agsite
base=${BASE:-HEAD^1}
work=$PWD/.agsite/preview
rm -rf "$work" _site
mkdir -p "$work"

# A broken file is left out and the command ends with 1: the step before has said so, and the rest is worth seeing.
build() {
    local status=0
    "$agsite" build --output "$1" --json >/dev/null || status=$?
    [[ $status -le 1 ]]
}

git worktree add --quiet --detach "$work/base" "$base"
trap 'git worktree remove --force "$work/base"' EXIT
(cd "$work/base" && build "$work/before")
(cd "$work/base" && "$agsite" check --format json >"$work/before.json" 2>/dev/null) || true
build _site
"$agsite" check --format json >"$work/after.json" 2>/dev/null || true

"$agsite" check --site _site --format github
"$agsite" impact "$work/before" _site --findings "$work/before.json" "$work/after.json"
