"""Speed, memory and exactness of the library beside its peers: ``python -m benchmarks``."""
