"""What tests need: fakes without outside parts, and the contracts that implementations keep."""
