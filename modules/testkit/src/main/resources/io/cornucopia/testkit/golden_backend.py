"""Builds the wheel of a golden sdist with nothing but the standard library."""

import base64
import hashlib
import os
import zipfile

from golden_project import PACKAGE, STEM

INFO = STEM + ".dist-info"
WHEEL = b"Wheel-Version: 1.0\nGenerator: golden\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


def _read(path):
    with open(path, "rb") as file:
        return file.read()


def _record_hash(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    files = {}
    for name in sorted(os.listdir(PACKAGE)):
        path = os.path.join(PACKAGE, name)
        if os.path.isfile(path):
            files[PACKAGE + "/" + name] = _read(path)
    files[INFO + "/METADATA"] = _read("PKG-INFO")
    files[INFO + "/WHEEL"] = WHEEL
    record = "".join("%s,sha256=%s,%d\n" % (path, _record_hash(data), len(data)) for path, data in files.items())
    files[INFO + "/RECORD"] = (record + INFO + "/RECORD,,\n").encode()
    wheel = STEM + "-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, wheel), "w") as archive:
        for path, data in files.items():
            archive.writestr(path, data)
    return wheel
