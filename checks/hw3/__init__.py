"""The hidden checks of homework 3: a variational autoencoder."""
