#!/usr/bin/env bash
# Builds the site that is going to be published, and refuses what must not be: a mistake in any file, a link that leads
# nowhere, an address that was published and is gone.
#
# BASE_URL           where the site is published; address.sh says what holds without it
# FIRST_DEPLOYMENT   "true" where nothing has been published yet and the host does not even answer
set -euo pipefail
agsite=.venv/bin/agsite
published=.agsite/published-urls.txt

# shellcheck source=scripts/ci/address.sh
source "$(dirname "${BASH_SOURCE[0]}")/address.sh"

# The addresses that readers know are those of the site as it is published, not of any folder here. Part of the list has
# status 200 as well, and the addresses that it lacks would be forgotten.
fetch_published() {
    local status failed=0
    rm -f "$published"
    status=$(curl --silent --show-error --location --proto '=https,http' --max-time 60 --retry 3 --max-filesize 50000000 \
        --output "$published" --write-out '%{http_code}' "$1") || failed=$?
    if [[ $failed == 0 && $status == 200 && -s $published ]]; then
        echo "Published before: $(wc -l <"$published") addresses."
        return
    fi
    rm -f "$published"
    if [[ $failed == 0 && $status == 404 ]]; then
        echo "Nothing has been published at $1 yet."
    elif [[ ${FIRST_DEPLOYMENT:-} != true ]]; then
        echo "The addresses published before could not be read whole from $1 (status $status, exit code of curl $failed)." >&2
        echo "Run the deployment again, or set the variable FIRST_DEPLOYMENT to true if nothing is there." >&2
        exit 1
    fi
}

# What came with a commit under this name would be carried along, since no build here wrote it.
rm -rf _site
mkdir -p .agsite
url=$(base_url)
fetch_published "${url%/}/urls.txt"
options=(--strict --base-url "$url")
[[ -f $published ]] && options+=(--previous "$published")
"$agsite" build "${options[@]}"
"$agsite" check --site _site --base-url "$url" --format github
