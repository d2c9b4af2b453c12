"""The layouts of GitOps repositories: what deploys what, one layout per file."""
