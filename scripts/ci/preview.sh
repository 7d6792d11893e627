#!/usr/bin/env bash
# Builds the site with the change and without it, checks the links of the new one, tells what the change does, and stops
# where an address that readers know would be gone, as the deployment would.
#
# BASE_URL           where the site is published; address.sh says what holds without it
set -euo pipefail
agsite=$PWD/.venv/bin/agsite
base=${BASE:-HEAD^1}
work=.agsite/preview
rm -rf "$work" _site
mkdir -p "$work"

# shellcheck source=scripts/ci/address.sh
source "$(dirname "${BASH_SOURCE[0]}")/address.sh"
url=$(base_url)

# A broken file is left out and the command ends with 1: the step before has said so, and the rest is worth seeing.
build() {
    status=0
    "$agsite" build --base-url "$url" --output "$1" --json >/dev/null || status=$?
    [[ $status -le 1 ]]
}

# Builds the new site once more as what follows the old one, and says which addresses it would lose. In that case nothing
# is published, and the site as built before can still be looked at.
settle_addresses() {
    "$agsite" build --base-url "$url" --output _site --previous "$work/before/urls.txt" 2>"$work/addresses.log" ||
        (($? == 1)) || return
    grep --after-context=1 --no-group-separator ' AG6[0-9][0-9] ' "$work/addresses.log" >"$work/addresses" || return 0
    echo "::error title=Published addresses would be lost::What to add to redirects.yml stands in the log and the summary."
    cat "$work/addresses"
    {
        echo "## Addresses"
        printf '\n```text\n'
        cat "$work/addresses"
        printf '```\n\n'
    } >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
    return 1
}

git worktree add --quiet --detach "$work/base" "$base"
trap 'git worktree remove --force "$work/base"' EXIT
(cd "$work/base" && build ../before)
(cd "$work/base" && "$agsite" check --format json >../before.json 2>/dev/null) || true
build _site
# A file that is left out takes its address along until it is mended; then this would say nothing new.
lost=0
((status)) || settle_addresses || lost=1
"$agsite" check --format json >"$work/after.json" 2>/dev/null || true

"$agsite" check --site _site --base-url "$url" --format github
"$agsite" impact "$work/before" _site --base-url "$url" --findings "$work/before.json" "$work/after.json"
exit "$lost"
