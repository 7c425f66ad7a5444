# The repositories here have tests of their own, which are read and never run.
collect_ignore_glob = ["*"]
