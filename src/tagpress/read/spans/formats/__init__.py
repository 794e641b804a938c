"""How does each tool write its records? One module a tool, and `table` names them all."""
