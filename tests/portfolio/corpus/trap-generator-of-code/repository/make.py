TEMPLATE = """
import torch
class Net(torch.nn.Module):
    pass
"""


def write(name):
    with open(f"{name}.py", "w") as file:
        file.write(TEMPLATE)
    exec("import sklearn.cluster")
    __import__("pandas").DataFrame


for name in ("a", "b"):
    write(name)
