"""Generated studies: the invented enterprises of a study, resampled and perturbed, as many as are asked for."""
