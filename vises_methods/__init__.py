"""VISES workbook: evaluating the social impact of social enterprises, with them."""
