class Dask:
    compute = staticmethod(sum)


print(Dask.compute([1, 2]))
