#!/usr/bin/env bash
# Judges every workflow, action and configuration file of the project, its pages and its examples, with
# actionlint, zizmor and check-jsonschema, and the roles in setup/ with cfn-lint and terraform fmt. What is not
# installed is installed into a folder of its own; where that cannot be, the tool is named as not run.
# After "npx tsc". With REQUIRE_TOOLS=true a tool that is missing is a failure.
set -euo pipefail
shopt -s nullglob
cd "$(dirname "$0")/../.."

ACTIONLINT=1.7.12
ZIZMOR=1.32.0
CHECK_JSONSCHEMA=0.39.0
CFN_LINT=1.51.0

scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT
missing=()

note_missing() {
  missing+=("$1")
  echo "$1 was not run: $2"
}

# python_tool NAME VERSION: its path, after it was installed.
python_tool() {
  local venv="$scratch/venv-$1"
  python3 -m venv "$venv" >&2 && "$venv/bin/pip" install --quiet --disable-pip-version-check "$1==$2" >&2 || return
  echo "$venv/bin/$1"
}

find_actionlint() {
  if command -v actionlint; then return; fi
  GOBIN="$scratch/bin" go install "github.com/rhysd/actionlint/cmd/actionlint@v$ACTIONLINT" >&2 || return
  echo "$scratch/bin/actionlint"
}

node lib/scripts/workflows/write-files.js "$scratch/files"
cp action.yml "$scratch/files/"
# actionlint looks whether the files are there that an action runs.
ln -s "$PWD/dist" "$scratch/files/dist"
for folder in plan merge; do
  if [[ -f "$folder/action.yml" ]]; then
    mkdir -p "$scratch/files/$folder" && cp "$folder/action.yml" "$scratch/files/$folder/"
  fi
done
cp .github/actionlint.yaml .github/zizmor.yml .github/dependabot.yml "$scratch/files/.github/"
git init --quiet "$scratch/files"
echo "$(find "$scratch/files/.github/workflows" -type f | wc -l) workflows, $(find "$scratch/files/configurations" -type f | wc -l) configuration files"

if actionlint="$(find_actionlint)"; then
  (cd "$scratch/files" && "$actionlint" -no-color)
  echo 'actionlint: nothing found'
else
  note_missing actionlint 'it is not installed, and Go could not install it'
fi

if zizmor="$(python_tool zizmor "$ZIZMOR")"; then
  (cd "$scratch/files" && "$zizmor" --quiet --no-progress --color never --offline --persona regular .)
  echo 'zizmor: nothing found'
else
  note_missing zizmor 'Python could not install it'
fi

if schema="$(python_tool check-jsonschema "$CHECK_JSONSCHEMA")"; then
  "$schema" --builtin-schema vendor.github-workflows "$scratch"/files/.github/workflows/*
  "$schema" --builtin-schema vendor.github-actions "$scratch"/files/action.yml "$scratch"/files/*/action.yml
  "$schema" --builtin-schema vendor.dependabot .github/dependabot.yml
  "$schema" --schemafile policy.schema.json "$scratch"/files/configurations/*
else
  note_missing check-jsonschema 'Python could not install it'
fi

if cfn_lint="$(command -v cfn-lint || python_tool cfn-lint "$CFN_LINT")"; then
  mapfile -t templates < <(grep -rl --include='*.yaml' AWSTemplateFormatVersion setup)
  "$cfn_lint" "${templates[@]}"
  echo "cfn-lint: nothing found in ${templates[*]}"
else
  note_missing cfn-lint 'Python could not install it'
fi

if command -v terraform > /dev/null; then
  terraform fmt -check -recursive setup
  echo 'terraform fmt: nothing found'
else
  note_missing 'terraform fmt' 'Terraform is not installed'
fi

[[ "${#missing[@]}" == 0 || "${REQUIRE_TOOLS:-}" != true ]] || exit 1
