#!/usr/bin/env bash
# Puts agsite into .venv: what it needs comes from the lock named (requirements-deploy.txt unless told otherwise), and
# nothing else is installed. AGSITE_PACKAGES names a folder of installed packages to use instead, for a trial without network.
set -euo pipefail
lock=${1:-requirements-deploy.txt}

if [[ ! -f $lock ]]; then
    echo "There is no $lock. Run \`make lock\`, and commit the file that it writes." >&2
    exit 1
fi
if [[ -n ${AGSITE_PACKAGES:-} ]]; then
    python3 -m venv --without-pip --clear .venv
    packages=$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    printf '%s\n' "$PWD" "$AGSITE_PACKAGES" >"$packages/packages.pth"
    printf '#!/bin/sh\nexec "%s" -m agsite "$@"\n' "$PWD/.venv/bin/python" >.venv/bin/agsite
    chmod +x .venv/bin/agsite
    touch .venv/site.stamp .venv/dev.stamp
    exit
fi

python3 -m venv .venv
pip=(.venv/bin/python -m pip --disable-pip-version-check --quiet)
"${pip[@]}" install --require-hashes --only-binary=:all: --requirement "$lock"
if [[ -f pyproject.toml ]]; then
    # This is agsite's own repository: the program comes from the checkout, and is built by what the lock brought.
    "${pip[@]}" install --no-deps --no-build-isolation --no-index --editable .
    # `make` need not install anything again.
    touch .venv/site.stamp .venv/dev.stamp
fi
