"""The way in, and how the server says that it is well."""
