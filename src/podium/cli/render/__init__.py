"""What people read: results as text with Rich."""
