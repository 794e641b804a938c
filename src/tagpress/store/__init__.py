"""
Where the files of a build are, for this process and every worker: in a folder that they all see, or at any fsspec URL.

    Store         what both can do
    ├── Folder    files are used where they are, and renamed
    └── UrlStore  files are fetched and sent whole, by way of the temporary disk of whoever needs them

Names are relative, with '/'. A store is pickled as its place alone: endpoint and credentials are what fsspec finds on
each machine. Whatever goes wrong with a file is an OSError.
"""

from tagpress.store.folder import Folder
from tagpress.store.interface import Store
from tagpress.store.parse import is_url, store_of
from tagpress.store.url import UNFINISHED, UrlStore

__all__ = ["UNFINISHED", "Folder", "Store", "UrlStore", "is_url", "store_of"]
