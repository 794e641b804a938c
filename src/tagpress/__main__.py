"""`python -m tagpress`: the command line."""

from tagpress.cli import main

if __name__ == "__main__":
    main()
