# Sourced by the scripts: sets UV, fetching uv from PyPI into the user's cache when it is not on PATH.

# What this machine trusts, which may be a proxy's certificate too; uv brings its own list and knows no other.
readonly trusted=/etc/ssl/certs/ca-certificates.crt
[ ! -e "$trusted" ] || export SSL_CERT_FILE="${SSL_CERT_FILE:-$trusted}"

find_uv() {
  local cache="${XDG_CACHE_HOME:-$HOME/.cache}/homelab-assistant"
  command -v uv && return
  if [ ! -x "$cache/uv/bin/uv" ]; then
    mkdir -p "$cache"
    echo "  fetching uv" >&2
    python3 -m pip install --quiet --disable-pip-version-check --no-warn-script-location --target "$cache/uv" 'uv>=0.9,<1' >"$cache/uv.log" 2>&1 || {
      echo "scripts/setup: uv is missing and pip could not fetch it; install uv (https://docs.astral.sh/uv) or python3-pip and run this again." >&2
      return 1
    }
  fi
  echo "$cache/uv/bin/uv"
}

UV=$(find_uv)
export UV
