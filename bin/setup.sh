# Sourced by bin/run, bin/test and bin/check: the locked .venv, made or brought up to date. Safe to repeat.
#   set_up        what the product needs        set_up dev    and what checks and tests need
HOUSE=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
UV=0.13.9

stop() { echo "$*" >&2; exit 1; }

untried() {
  case "$(uname -s) $(uname -m)" in
    "Linux x86_64") [ -e /lib/ld-musl-x86_64.so.1 ] && ! [ -e /lib64/ld-linux-x86-64.so.2 ] || return 1 ;;
  esac
}

find_python() {
  for python in python3 python3.13 python3.12 python3.11 python3.14; do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      "$python" -c 'import venv, ensurepip' 2>/dev/null && { echo "$python"; return; }
      lacking=$("$python" -c 'import sys; print("python3.%d-venv" % sys.version_info[1])')
    fi
  done
  if [ -n "${lacking:-}" ]; then
    stop "Python is here, but its venv module is not: install it with \`sudo apt-get install $lacking\` and start again."
  fi
  stop "Potluck needs Python 3.11 or newer with venv: install it with \`sudo apt-get install python3 python3-venv\` and start again."
}

set_up() {
  if untried; then echo "This platform ($(uname -s) $(uname -m)) was not tried with Potluck; going on all the same." >&2; fi
  local group=${1:-} venv="$HOUSE/.venv" stamp wanted
  stamp="$venv/stamp${group:+-$group}"
  wanted=$(cat "$HOUSE/pyproject.toml" "$HOUSE/uv.lock" | cksum; echo "$HOUSE")
  if [ -x "$venv/bin/python" ] && [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  mkdir -p "$venv" 2>/dev/null || stop "$HOUSE cannot be written to: clone Potluck into a folder of your own and start again."
  (
    if command -v flock >/dev/null; then exec 9>"$venv/lock"; flock 9; fi
    if [ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ]; then exit; fi
    # A checkout that was moved, or a Python that is gone: the .venv is made anew.
    if ! "$venv/bin/python" -c '' 2>/dev/null || ! grep -qF "$venv" "$venv/bin/activate" 2>/dev/null; then
      python=$(find_python) || exit 1
      echo "Setting up (a quarter of a minute, the first time only) ..." >&2
      find "$venv" -mindepth 1 -maxdepth 1 ! -name lock -exec rm -rf {} +
      "$python" -m venv "$venv" || stop "The .venv could not be made; what Python said stands above. \`df -h $HOUSE\` shows whether the disk is full."
    fi
    if ! "$venv/bin/uv" --version >/dev/null 2>&1; then
      "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null
      "$venv/bin/python" -m pip install -q --disable-pip-version-check "uv==$UV" ||
        stop "uv could not be fetched from the package index: check the network with \`$venv/bin/python -m pip download uv==$UV\` and start again."
    fi
    export UV_PROJECT_ENVIRONMENT="$venv" UV_PYTHON_DOWNLOADS=never
    if [ "$group" = dev ]; then set -- ; else set -- --no-dev; fi
    "$venv/bin/uv" sync -q --locked --inexact --python "$venv/bin/python" --directory "$HOUSE" "$@" ||
      stop "The packages could not be installed; what uv said stands above. Try again with \`rm -rf $venv\` first."
    echo "$wanted" >"$stamp"
  ) || exit 1
}
