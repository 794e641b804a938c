"""
How are strings, lists and labels worked on by the million? Arrow and NumPy, without a Python object for each.

Goes in: Arrow columns and NumPy arrays. Comes out: others of them. `loops` holds what is compiled.
"""
