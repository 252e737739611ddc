#!/bin/sh
# Installs what `npm run bench:check` measures itself against and npm does not bring: Spin, and gcc to build what
# Spin generates. For Debian and its like; elsewhere, any `spin` and `gcc` on the PATH will do.
set -eu
apt-get update
apt-get install -y --no-install-recommends spin gcc libc6-dev
