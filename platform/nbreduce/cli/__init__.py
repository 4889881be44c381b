"""The command line: one module per group of commands; each parses, calls one service function, and prints."""
