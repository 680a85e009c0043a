"""Static files under names that change with their content."""

from functools import cache

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Remembers its addresses: a page asks for sixty, and each costs as much as a row of a list."""

    url = cache(CompressedManifestStaticFilesStorage.url)
