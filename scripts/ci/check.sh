#!/usr/bin/env bash
# Says what a pull request breaks, where it does, and how to mend it; what was broken before is left out. Warnings count
# as they do for the deployment, which would stop at them.
set -euo pipefail
exec .venv/bin/agsite check --changed-since "${BASE:-HEAD^1}" --strict --format github
