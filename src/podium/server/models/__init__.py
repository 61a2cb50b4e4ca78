"""What goes over the wire, resource by resource."""
