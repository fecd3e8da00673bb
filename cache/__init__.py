"""Results by key: key derivation, the store protocol, the stores, single flight."""
