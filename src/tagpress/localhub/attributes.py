"""Which files of a new repository go to LFS by their name: the Hub's usual list for datasets."""

from typing import Final

_BINARY = "7z arrow avro bin bz2 ckpt ftz gz h5 joblib lz4 mds mlmodel model msgpack npy npz onnx ot parquet pb pickle pkl pt pth rar safetensors tar tflite tgz wasm xz zip zst"
_MEDIA = "pcm sam raw aac flac mp3 ogg wav bmp gif png tiff jpg jpeg webp mp4 webm"
_PATTERNS: Final = (
    *(f"*.{suffix}" for suffix in _BINARY.split()),
    "*.lfs.*",
    "*.tar.*",
    "saved_model/**/*",
    "*tfevents*",
    *(f"*.{suffix}" for suffix in _MEDIA.split()),
)
INITIAL: Final = "".join(f"{pattern} filter=lfs diff=lfs merge=lfs -text\n" for pattern in _PATTERNS)
