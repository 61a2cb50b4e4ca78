"""Public test sets, and folders of one's own in the same formats, as cases: one module for each format."""
