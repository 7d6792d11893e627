#!/usr/bin/env bash
# Says what a pull request breaks, where it does, and how to mend it; what was broken before is left out.
set -euo pipefail
exec .venv/bin/agsite check --changed-since "${BASE:-HEAD^1}" --format github
