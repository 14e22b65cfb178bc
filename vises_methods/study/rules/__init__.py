"""The rules between the tables of an enterprise, one module for each part of the evaluation."""
