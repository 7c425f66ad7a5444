"""A child process that takes everything in and never answers."""

import time

if __name__ == "__main__":
    time.sleep(60)
