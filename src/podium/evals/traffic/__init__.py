"""What a trial says to models, sources and tools outside, kept so that it can be run again without them."""
