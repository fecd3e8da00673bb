"""The recipe that trains the embedded translator and rewriter."""
