library(dplyr)
library(ggplot2)
library(palmerpenguins)

penguins |>
  filter(!is.na(body_mass_g)) |>
  group_by(species) |>
  summarise(mean = mean(body_mass_g), sd = sd(body_mass_g))

model <- lm(body_mass_g ~ flipper_length_mm + species, data = penguins)
summary(model)
ggplot(penguins, aes(flipper_length_mm, body_mass_g, colour = species)) + geom_point()
