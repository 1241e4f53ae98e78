"""Object storage: bytes under keys, in a local folder, S3, GCS or Azure, behind one small protocol."""

from maskwright.core.objects.base import ObjectMissing, ObjectStore, ObjectStoreError
from maskwright.core.objects.factory import blob_store, open_store

__all__ = ["ObjectMissing", "ObjectStore", "ObjectStoreError", "blob_store", "open_store"]
