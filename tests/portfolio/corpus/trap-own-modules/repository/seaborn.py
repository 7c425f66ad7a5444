def histplot(values):
    for value in sorted(values):
        print("#" * value)
