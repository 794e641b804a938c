"""Reading: bytes of any tagged corpus become `Parsed`, piece by piece; nothing is guessed and nothing is lost."""
