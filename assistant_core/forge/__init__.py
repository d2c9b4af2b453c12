"""The forge: where the GitOps repository lives, and where a change is asked for as a pull request.

What is asked for is never merged here, never pushed to the default branch and never forced over anything.
"""

from .choosing import at
from .directory import DirectoryForge
from .git import GitForge
from .gitea import GiteaForge
from .github import GitHubForge
from .github_address import GitHubApp
from .repository_info import Excess, RepositoryInfo

__all__ = ["DirectoryForge", "Excess", "GitForge", "GitHubApp", "GitHubForge", "GiteaForge", "RepositoryInfo", "at"]
