import sys

import tensorflow as tf

model = tf.keras.models.load_model("flowers.keras")
print(model.predict(tf.io.read_file(sys.argv[1])))
