"""The rulebook as a tree of files: written out for git, and brought in as drafts."""
