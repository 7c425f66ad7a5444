import jax
import jax.numpy as jnp


def loss(w):
    return jnp.mean((w * jnp.arange(3.0) - 1) ** 2)


print(jax.grad(loss)(0.5))
