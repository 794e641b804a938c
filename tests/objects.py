"""A real object store on loopback, over real HTTP: moto's server, which the S3 client of fsspec speaks to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

BUCKET = "shelf"


@contextmanager
def object_store() -> Iterator[dict[str, str]]:
    """Have a store with one bucket; what it yields is the environment in which fsspec finds it, which is this process's."""
    import fsspec
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    found = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    before = {name: os.environ.get(name) for name in found}
    os.environ |= found
    try:
        system = fsspec.filesystem("s3", skip_instance_cache=True)
        system.mkdir(BUCKET)
        yield found
    finally:
        fsspec.get_filesystem_class("s3").clear_instance_cache()  # they know the port
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        server.stop()


def holdings(url: str) -> dict[str, bytes]:
    """Return everything below a URL, by its name there."""
    import fsspec

    system, root = fsspec.url_to_fs(url)
    system.invalidate_cache()
    return {path.removeprefix(root).removeprefix("/"): system.cat_file(path) for path in system.find(root)}
