"""Sample articles and the client that posts them."""
