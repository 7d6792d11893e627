#!/usr/bin/env bash
# Answers questions through the model within the caps given, and puts what is new into new/answers.
#
# LIMIT, MAX_USD     caps; both must be there
# MODEL              another model than the configured one
# QUESTION           one question; the open follow-ups of reviewed answers unless given
# RESUME_RUN         an earlier run of this workflow, to go on with its journal, questions and model: the number in its address
set -euo pipefail
agsite=.venv/bin/agsite
: "${LIMIT:?give a number of questions}" "${MAX_USD:?give a number of dollars}"

if [[ ! ${RESUME_RUN:-0} =~ ^[0-9]+$ ]]; then
    echo "RESUME_RUN is the number in the address of an earlier run." >&2
    exit 2
fi
if [[ ! $LIMIT =~ ^[0-9]{1,4}$ || ! $MAX_USD =~ ^[0-9]{1,4}(\.[0-9]{1,2})?$ ]]; then
    echo "LIMIT is a whole number and MAX_USD a number of dollars such as 1.50." >&2
    exit 2
fi

# What earlier runs bought is known to this one, so that nothing is paid for twice before its answers are merged: a journal
# holds those before it. Only runs of this branch that somebody started by hand count, since a workflow that was changed on
# another could bring replies that no model wrote. A tag may be called like the branch, so the commit of a run has to be one
# of the branch as well. One whose journal cannot be fetched is not passed over as one that has none is.
runs=$(
    gh run list --workflow pregenerate.yml --event workflow_dispatch --branch "$GITHUB_REF_NAME" --limit 100 \
        --json databaseId,headSha --jq '.[] | "\(.databaseId) \(.headSha)"' |
        while read -r run commit; do
            if git merge-base --is-ancestor "$commit" HEAD 2>/dev/null; then echo "$run"; fi
        done
)
journals=()
if [[ -n ${RESUME_RUN:-} ]]; then
    if ! grep --quiet --line-regexp --fixed-strings -- "$RESUME_RUN" <<<"$runs"; then
        echo "RESUME_RUN: run $RESUME_RUN is not among the last 100 of this workflow on the branch $GITHUB_REF_NAME." >&2
        echo "Give the number in the address of one that is, or none to start a new run." >&2
        exit 2
    fi
    journals+=("$RESUME_RUN")
fi
for run in $runs; do
    kept=$(gh api "repos/$GITHUB_REPOSITORY/actions/runs/$run/artifacts?name=journal" --jq '.artifacts[] | select(.expired | not).id')
    if [[ -n $kept ]]; then
        journals+=("$run")
        break
    fi
done

# The newest comes last, since its logs go on. What is put together here is in its place, and kept, once it is whole; a
# journal that came with a commit is none.
rm -rf .agsite
mkdir -p .agsite/together
for run in "${journals[@]}"; do
    [[ -d .agsite/$run ]] || gh run download "$run" --name journal --dir ".agsite/$run"
    cp --recursive ".agsite/$run/." .agsite/together
done

# Names the newest run in a journal, with which --resume goes on.
newest() {
    find "$1/runs" -name '*.log' -printf '%f\n' | LC_ALL=C sort | tail --lines 1
}
if [[ -n ${RESUME_RUN:-} && $(newest ".agsite/$RESUME_RUN") != $(newest .agsite/together) ]]; then
    echo "Another run has begun since. Start one without resume_run: what run $RESUME_RUN bought is known to it." >&2
    exit 2
fi
mv .agsite/together .agsite/pregenerate

options=(--max-usd "$MAX_USD" --report report.md)
if [[ -n ${RESUME_RUN:-} ]]; then
    options+=(--resume)
else
    options+=(--limit "$LIMIT")
    [[ -n ${MODEL:-} ]] && options+=(--model "$MODEL")
    if [[ -n ${QUESTION:-} ]]; then options+=(-- "$QUESTION"); else options+=(--frontier); fi
fi

# However it ends, answers that are there were paid for and are worth a look. 1: some were held back, 3: the budget is
# reached; anything else is a failure, told as one once they are handed over.
status=0
"$agsite" pregenerate "${options[@]}" || status=$?

mkdir -p new/answers
[[ -f report.md ]] && mv report.md new/
mapfile -d '' -t answers < <(git ls-files --others --exclude-standard -z -- answers)
if [[ ${#answers[@]} -eq 0 ]]; then
    echo "There is no new answer."
else
    cp -- "${answers[@]}" new/answers
    echo "written=true" >>"${GITHUB_OUTPUT:-/dev/null}"
    # They are proposed whatever the check finds; a pull request that a workflow opens starts no other that would tell.
    if ! "$agsite" check "${answers[@]}" 2>&1 | tee findings.txt; then
        {
            echo
            echo "The check finds mistakes to mend before this is merged:"
            echo
            # As code, so that nothing in it mentions people or closes issues.
            sed 's/^/    /' findings.txt
        } >>new/report.md
    fi
fi
if [[ $status -ne 0 && $status -ne 1 ]]; then
    echo "To go on from here, run this workflow again with ${GITHUB_RUN_ID:-the number in its address} as resume_run."
fi
if [[ $status -ne 0 && $status -ne 1 && $status -ne 3 ]]; then
    exit "$status"
fi
