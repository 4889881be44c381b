"""One file per resource: handlers read, call and answer."""
