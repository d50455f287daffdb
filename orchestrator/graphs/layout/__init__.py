"""Where the nodes and edges of a graph stand in its picture, as plain numbers.

An author's own arrangement is kept where it is one; otherwise the graph is laid out in layers from top
to bottom, after Sugiyama: loops' back edges turned round, nodes put into layers, long edges given a bend
in every layer they pass, layers ordered for few crossings, and everything moved as close to its
neighbours as its order allows. The same graph always gives the same picture.
"""

from orchestrator.graphs.layout.arranging import lay_out
from orchestrator.graphs.layout.shapes import Box, Layout, Line, Point

__all__ = ["Box", "Layout", "Line", "Point", "lay_out"]
