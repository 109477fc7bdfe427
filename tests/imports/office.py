"""What the tests of imports share."""

import io
from pathlib import Path

FOLDER = Path("tests/data")
URL = "/office/questions/imports"


def send(client, data, name="cau-hoi.csv", status=303, **fields):
    """Choose a file and press the button."""
    form = client.get(URL).form()
    return client.post(URL, {"dialogue": form["dialogue"], **fields, "file": (io.BytesIO(data), name)}, status=status)
