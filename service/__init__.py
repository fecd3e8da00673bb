"""HTTP: settings, schemas, routes, errors and the pipeline that joins models and cache."""

__version__ = "0.1.0"
