def load(name):
    return name.upper()
