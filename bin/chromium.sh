# Sourced by bin/test and bin/shots, after setup.sh: a Chromium that runs, found or fetched. CHROMIUM is its path afterwards.

find_chromium() { # what CHROMIUM names, on the PATH, else one that Playwright fetched; each asked whether it runs
  local name path
  for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome google-chrome-stable \
    "${PLAYWRIGHT_BROWSERS_PATH:-${HOME:-}/.cache/ms-playwright}"/chromium-*/chrome-linux*/chrome; do
    # Ubuntu's package is a stub for a snap: it is there, and without the snap it does not run.
    if path=$(command -v "$name") && "$path" --version </dev/null >/dev/null 2>&1; then echo "$path"; return; fi
  done
  return 1
}

is_ubuntu() { grep -qs '^ID=ubuntu' /etc/os-release; }

fetch_chromium() { # Debian's package where packages may be installed, else Playwright's own build; says what failed
  local become="" may_install=yes
  [ "$(id -u)" = 0 ] || become="sudo -n"
  if [ -n "$become" ] && ! $become true 2>/dev/null; then may_install=; fi
  if [ -n "$may_install" ] && command -v apt-get >/dev/null && ! is_ubuntu; then
    $become apt-get -q update &&
      $become env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends chromium || true
  fi
  find_chromium >/dev/null || timeout 300 "$HOUSE/.venv/bin/playwright" install ${may_install:+--with-deps} chromium
}

need_chromium() {
  if CHROMIUM=$(find_chromium); then export CHROMIUM; return; fi
  local said
  said=$(mktemp)
  echo "Fetching Chromium for the journeys ..." >&2
  fetch_chromium </dev/null >"$said" 2>&1 || tail -5 "$said" >&2
  rm -f "$said"
  CHROMIUM=$(find_chromium) || stop "The journeys need Chromium: install it with \`sudo apt-get install chromium\` (on Ubuntu: \
\`sudo .venv/bin/playwright install-deps chromium\`, then \`.venv/bin/playwright install chromium\`), or leave them out with \`bin/test --quick\`."
  export CHROMIUM
}
