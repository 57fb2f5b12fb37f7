# SPDX-License-Identifier: Apache-2.0
# Debian packages, installed only where they are missing. Source this file, then call need_packages.

# need_packages PACKAGE...: returns 0 once every package is installed. Nothing missing: touches nothing. Otherwise it
# installs as root or through sudo; without the right to do so it says what to ask for and exits with 1.
need_packages() {
    if ! command -v dpkg-query >/dev/null 2>&1; then
        echo "This is no Debian system: please see that the equivalents of these packages are there: $*" >&2
        return 0
    fi
    missing=
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Status} ' "$package" 2>/dev/null) in
            installed\ * | *\ installed\ *) ;;
            *) missing="$missing $package" ;;
        esac
    done
    [ -n "$missing" ] || return 0
    if [ "$(id -u)" -eq 0 ]; then
        as_root=
    elif command -v sudo >/dev/null 2>&1 && { sudo -n true 2>/dev/null || { [ -t 0 ] && sudo -v; }; }; then
        as_root=sudo
    else
        ask_for_packages "there is no right to install packages here (neither root nor sudo)"
    fi
    echo "Installing missing packages:$missing"
    # $missing and $as_root are lists of words: they are split on purpose. An update that fails for one archive of many
    # may still leave what is needed, so the installation decides.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 update || :
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 \
        install --no-install-recommends $missing >/dev/null || ask_for_packages "apt-get install failed"
}

# ask_for_packages REASON: says what to ask an administrator for, and exits.
ask_for_packages() {
    echo "$0: $1." >&2
    echo "Please have these packages installed, then run this again:" >&2
    echo "  apt-get install --no-install-recommends$missing" >&2
    exit 1
}
