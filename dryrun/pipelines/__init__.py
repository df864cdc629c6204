"""What the workflows of GitHub and the pipelines of Azure DevOps run: comments, previews, updates and drift."""
