"""The core of Homelab Assistant: it knows homelabs and nothing of Home Assistant.

A model may only propose, a person approves, Git and ArgoCD execute: nothing in this package writes to a cluster, merges
a pull request or pushes to a default branch.
"""
