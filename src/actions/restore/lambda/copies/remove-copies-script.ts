/** The program that a person runs. It needs the AWS CLI and Python's standard library. */
export const REMOVE_COPIES_SCRIPT = `"""Removes the archived copies of restored objects, each only if its old keys still hold the restored object.

Run it only while no run archives these objects: a run that finds an object at both places deletes its source, and relies on the copy.
"""
import json
import os
import subprocess
import sys
import tempfile

SETTINGS = {}


def aws(*arguments):
    done = subprocess.run(("aws",) + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, check=True)
    return done.stdout


def read_etags(keys):
    """Lists the keys, which are in the order of their bytes, and returns the ETags of those that exist."""
    etags = {}
    # In JSON, because the AWS CLI would fetch what a prefix such as "http://..." names.
    request = {"Bucket": SETTINGS["source"], "Prefix": os.path.commonprefix(keys)}
    while True:
        answer = aws("s3api", "list-objects-v2", "--cli-input-json", json.dumps(request), "--no-paginate", "--output=json")
        page = json.loads(answer or "{}")
        contents = page.get("Contents", [])
        etags.update((each["Key"], each["ETag"]) for each in contents)
        if not page.get("IsTruncated") or (contents and contents[-1]["Key"].encode() >= keys[-1].encode()):
            return etags
        # A page without keys is not the last one where many delete markers lie.
        request["ContinuationToken"] = page["NextContinuationToken"]


def remove(objects):
    """Removes objects that still have these ETags, and returns the errors."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="ascii") as request:
        json.dump({"Objects": objects, "Quiet": True}, request)
        request.flush()
        answer = aws("s3api", "delete-objects", "--bucket=" + SETTINGS["archive"], "--delete=file://" + request.name, "--output=json")
    return json.loads(answer or "{}").get("Errors", [])


removed = kept = failed = 0
for name in SETTINGS["files"]:
    copies = json.loads(aws("s3", "cp", name, "-"))
    etags = read_etags(sorted({key for copy in copies for key, _ in copy["restored"]}, key=str.encode))
    objects = [{"Key": copy["key"], "ETag": copy["etag"]} for copy in copies if all(etags.get(key) == etag for key, etag in copy["restored"])]
    errors = remove(objects) if objects else []
    for error in errors:
        print("not removed: " + json.dumps([error.get("Key"), error.get("Code")]), file=sys.stderr)
    removed += len(objects) - len(errors)
    kept += len(copies) - len(objects)
    failed += len(errors)
print("%d archived copies removed, %d kept because their old keys do not hold the restored objects any more, %d not removed"
      % (removed, kept, failed))
sys.exit(1 if failed else 0)
`;
