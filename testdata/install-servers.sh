#!/bin/sh
# Installs the servers that the real-server tests need, where this runs as root on Debian. Elsewhere those tests skip
# with a reason.
set -u
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
	echo "batchgate: not root on Debian: tests against real servers are skipped where the server is missing" >&2
	exit 0
fi
missing=
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
command -v xmllint >/dev/null 2>&1 || missing="$missing libxml2-utils"
[ -z "$missing" ] && exit 0
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -q && apt-get install -qy --no-install-recommends $missing; } >/dev/null 2>&1 ||
	echo "batchgate: could not install$missing: the tests that need it are skipped" >&2
exit 0
