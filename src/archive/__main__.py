"""``python -m archive``: the same as the command ``archive``.  Not for: anything else."""

from archive.cli.main import main

if __name__ == "__main__":
    main()
