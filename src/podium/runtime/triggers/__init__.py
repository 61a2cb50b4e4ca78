"""Work that begins by itself: events and schedules, each carried out once."""
