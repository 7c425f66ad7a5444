"""Reads a repository and says which skills its code shows. Knows neither Django nor the database.

`reading` reads a folder or an archive in this process, `child` in one of its own with bounded memory and time.
"""
