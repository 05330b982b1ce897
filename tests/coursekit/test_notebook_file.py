"""What is told of a file that lies in place of a notebook."""

import gzip
import io
import tarfile
import zipfile

import pytest

from coursekit.notebook_file import load_cells


def zipped() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("hw2.ipynb", "{}")
    return file.getvalue()


def tarred() -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:xz") as archive:
        archive.addfile(tarfile.TarInfo("hw2.ipynb"))
    return file.getvalue()


LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
CONFLICT = b'{"cells": [\n<<<<<<< HEAD\n"a"\n=======\n"b"\n>>>>>>> other\n]}'


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (zipped(), "zip archive .* perhaps the notebook is in it"),
        (gzip.compress(b"{}"), "an archive"),
        (tarred(), "an archive"),
        (b"Rar!\x1a\x07\x01\x00", "an archive"),
        (b"%PDF-1.7\n", "a PDF"),
        (b'{"worksheets": [{"cells": []}], "nbformat": 3}', "from before 2015: open it in JupyterLab, and save it"),
        (b"\x89PNG\r\n\x1a\n", "a picture"),
        (b"\xff\xd8\xff\xe0", "a picture"),
        (rb"{\rtf1\ansi }", "RTF"),
        (LFS, "Git LFS"),
        (b"\n\n<!DOCTYPE html>\n<html></html>", "a web page"),
        (b"\xef\xbb\xbf<html lang='en'>", "a web page"),
        (b"#!/usr/bin/env python\nprint()", "a Python script"),
        (b"import torch\n\ndef f(): pass", "a Python script"),
        (CONFLICT, r"merge conflict that Git left \(line 2\)"),
        (b'{"cells": [', r"damaged or cut off.*\(line 1\)"),
        (b"something", "damaged or cut off"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",  # an archive holds the time at which it was made
)
def test_a_file_that_is_no_notebook_is_told_as_what_it_is(content: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        load_cells(content)
