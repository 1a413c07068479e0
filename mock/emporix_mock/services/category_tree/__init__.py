"""Category tree: categories, what is assigned to them, and the trees they make."""

from emporix_mock.services.category_tree import assignments, categories, changes, relatives, trees
from emporix_mock.services.category_tree.declared import service

__all__ = ["assignments", "categories", "changes", "relatives", "service", "trees"]
