#!/bin/sh
# Saves the home folder. Needs python3 and docker to be installed.
set -eu
target="/backup/$(date +%F).tar.gz"
tar --exclude=.cache -czf "$target" "$HOME"
docker run --rm -v /backup:/backup alpine ls -l /backup
python3 -c "import numpy, pandas; print(numpy.__version__)"
