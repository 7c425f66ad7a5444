"""GitHub: what people paste, the part of its API that is read, and a stand-in that speaks it. Nothing here knows a project."""
