"""Benchmarks behind every figure in the README; `make bench` runs them all."""
