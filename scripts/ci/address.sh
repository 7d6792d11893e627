#!/usr/bin/env bash
# Where the site is published, the same for a pull request as for the deployment; other scripts source this one. It is
# BASE_URL, which pull requests from forks are not given; else the `base_url` of agsite.yml, unless that is nobody's
# example; else the repository's project page.

base_url() {
    local configured
    configured=${BASE_URL:-$(.venv/bin/agsite config base_url)} || exit
    if [[ -n ${BASE_URL:-} || $configured != https://example.org/ ]]; then
        echo "$configured"
    else
        local owner=${GITHUB_REPOSITORY%%/*} name=${GITHUB_REPOSITORY#*/}
        owner=$(tr '[:upper:]' '[:lower:]' <<<"$owner")
        if [[ ${name,,} == "$owner.github.io" ]]; then
            echo "https://$owner.github.io/"
        else
            echo "https://$owner.github.io/$name/"
        fi
    fi
}
