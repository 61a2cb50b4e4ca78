"""One module per file format; each turns bytes into a draft of a document."""
