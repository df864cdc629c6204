"""The Jobs that prepare the database: the migration and the first user."""
