"""What a notebook needs while it reduces a run: declare outputs, report progress, show plots."""
