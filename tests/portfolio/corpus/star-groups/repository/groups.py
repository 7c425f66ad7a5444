import hdbscan
import matplotlib.pyplot as plt
import numpy as np
import umap
from scipy.cluster.hierarchy import dendrogram, linkage

stars = np.load("stars.npy")
dendrogram(linkage(stars[:200], method="ward"))
plt.ylabel("distance")
plt.savefig("tree.png")
labels = hdbscan.HDBSCAN(min_cluster_size=30).fit_predict(stars)
print(len(set(labels)) - 1, "groups")
np.save("flat.npy", umap.UMAP(random_state=0).fit_transform(stars))
