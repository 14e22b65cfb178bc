"""Kernels that start warm: forked from a process that has imported everything once, or started ahead of need.

``server`` is that process, ``child`` what a forked kernel does first, ``kernel`` the kernel itself; ``client`` asks for
kernels, ``engine`` runs notebooks in them (papermill), ``provisioner`` offers them to Jupyter, ``ahead`` is for systems
without fork. Whatever fails here, a plain kernel does the same work: only the time differs.
"""
