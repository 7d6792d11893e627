#!/usr/bin/env bash
# Runs all tests of the repository.
set -euo pipefail
if [[ -x .ci/run ]]; then
    exec .ci/run
fi
exec make test AGSITE=.venv/bin/agsite
