import keras
import keras_tuner
import numpy as np
from keras import layers

(X, y), (X_test, y_test) = keras.datasets.california_housing.load_data()
X = (X - X.mean(axis=0)) / X.std(axis=0)


def build(hp):
    inputs = keras.Input((X.shape[1],))
    hidden = layers.Dense(hp.Int("width", 16, 128), activation="relu", kernel_regularizer=keras.regularizers.l2(1e-4))(inputs)
    model = keras.Model(inputs, layers.Dense(1)(hidden))
    model.compile(optimizer=keras.optimizers.Adam(), loss="mae")
    return model


tuner = keras_tuner.RandomSearch(build, objective="val_loss", max_trials=5)
tuner.search(X, np.log(y), validation_split=0.2, epochs=5, callbacks=[keras.callbacks.EarlyStopping(patience=2)])
