"""Makes the parquet files of this folder, as the Hugging Face hub gives data sets: pip install pyarrow pillow."""

import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
from PIL import Image

SIZE = 3


def png(n: int) -> bytes:
    """Pixel (x, y) of image n is (10 * x + n, 20 * y, 200)."""
    image = Image.new("RGB", (SIZE, SIZE))
    for y in range(SIZE):
        for x in range(SIZE):
            image.putpixel((x, y), (10 * x + n, 20 * y, 200))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def write(name: str, first: int, labels: list, more: dict = {}, names: list = None, image="img", **options):
    images = [{"bytes": png(first + i), "path": f"{first + i}.png"} for i in range(len(labels))]
    fields = {image: images, "label": pa.array(labels, pa.int64()), **more}
    table = pa.table(fields)
    if names:
        features = {image: {"_type": "Image"}, "label": {"names": names, "_type": "ClassLabel"}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, name, **options)


NAMES = ["cat", "dog"]
write("train-00000-of-00002.parquet", 0, [0, 1, 1], names=NAMES, row_group_size=2)
write("train-00001-of-00002.parquet", 3, [0, 1], names=NAMES)
write("test-00000-of-00001.parquet", 5, [1, 0], names=NAMES)
write("numbered.parquet", 0, [2, 0], more={"coarse_label": pa.array([0, 0], pa.int32())})
write("negative.parquet", 0, [-1, 0], names=NAMES)
pq.write_table(pa.table({"image": [{"bytes": png(0), "path": None}], "a": [1], "b": [2]}), "two_integers.parquet")
pq.write_table(pa.table({"text": ["x"], "label": [1]}), "no_image.parquet")
for codec in ["zstd", "gzip", "brotli"]:
    write(f"{codec}.parquet", 0, [0, 1, 1], names=NAMES, row_group_size=2, compression=codec)
write("zstd_v2.parquet", 0, [0, 1, 1], names=NAMES, compression="zstd", data_page_version="2.0")
