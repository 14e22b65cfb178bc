"""Running every notebook for every enterprise: plan, jobs, workers, ledger, collection.

Batch knows only notebooks, parameters and files; what it runs is exactly what a researcher runs by hand.
"""
