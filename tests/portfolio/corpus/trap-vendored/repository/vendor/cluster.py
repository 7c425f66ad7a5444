from sklearn.cluster import KMeans

print(KMeans(3).fit([[0], [1], [9]]).labels_)
