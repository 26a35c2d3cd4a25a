"""Prints the SHA-256 and the name, in Base64, of each member of a zip file."""
import base64
import hashlib
import sys
import zipfile

with zipfile.ZipFile(sys.argv[1]) as pack:
    assert pack.testzip() is None
    for member in pack.infolist():
        digest = hashlib.sha256(pack.read(member)).hexdigest()
        print(digest, base64.b64encode(member.filename.encode()).decode())
