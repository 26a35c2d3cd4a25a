#!/usr/bin/env python3
"""Erases one object from the packs of an archive, and keeps all others (docs/packing.md).

    python3 erase_packed_object.py --archive BUCKET --prefix archive/ --key incoming/eu/a.csv

says what it would do. With --confirm it does it:

 1. It finds the packs that have the key, by the indexes in <prefix>pack-index/.
 2. It reads each of them, and proves each object in it by its SHA-256.
 3. It puts a pack with the others, and the index of that.
 4. It reads both back, and proves that they hold all others, and not the key.
 5. It deletes all versions of the old pack, and then those of its index.
 6. It looks whether both are gone, and whether any index still has the key.

Nothing is deleted before the fourth step has succeeded. If a step fails, start the program again:
it goes on. It needs Python 3.8, the AWS CLI, and an identity that may list, read, put and delete
objects and versions of the archive. It does not look at objects that were archived without a pack,
at noncurrent versions of the source, at what a restore copied to the reports, at replicas, and at
ledgers.
"""
import argparse
import base64
import collections
import datetime
import gzip
import hashlib
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import unicodedata
import urllib.parse
import zlib

INDEX_FOLDER = "pack-index/"
INDEX_FILE = re.compile(r"day=\d{4}-\d\d-\d\d/(pack-[0-9a-f]{16})\.jsonl\.gz")
# The fields of a line that are needed here.
FIELDS = ("key", "bucket", "name")
# The index in the tree has these, too. That in the pack does not.
ONLY_IN_TREE = ("pack", "packSize")

Index = collections.namedtuple("Index", "key name lines")
Entry = collections.namedtuple("Entry", "name header content offset central")
# Of a pack that is only known by its index, there is no more than the key.
Pack = collections.namedtuple("Pack", "key data entries lines", defaults=(None, None, None))
Target = collections.namedtuple("Target", "key source")


class Problem(Exception):
    """What a person has to know. The program deletes nothing after it."""


class S3Error(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


# --- Requests


def aws(*arguments):
    """Keys go and come as UTF-8, whatever the terminal has."""
    if os.name == "posix":
        arguments = [each.encode() for each in arguments]
    pipe = subprocess.PIPE
    done = subprocess.run(
        ["aws", *arguments],
        env=dict(os.environ, LC_ALL="C.UTF-8", PYTHONUTF8="1"),
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=pipe,
    )
    if done.returncode != 0:
        text = done.stderr.decode("utf-8", "replace").strip()
        found = re.search(r"\((\w+)\) when calling", text)
        raise S3Error(found.group(1) if found else "", text)
    return done.stdout


def s3api(operation, request, *more):
    """Sends the request as JSON: the AWS CLI would fetch what a key such as "file://a" names."""
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "request.json")
        with open(file, "w", encoding="ascii") as stream:
            json.dump(request, stream)
        answer = aws(
            "s3api", operation, "--cli-input-json", "file://" + file, "--output", "json", *more
        )
    return json.loads(answer or b"{}")


def read_object(place, version=None):
    """This command takes no JSON, so a key that the AWS CLI would fetch is refused."""
    if re.match(r"(fileb?|https?)://", place["Key"]):
        raise Problem("the AWS CLI cannot get %s" % show(place["Key"]))
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "object")
        options = ["--bucket=" + place["Bucket"], "--key=" + place["Key"]]
        if version:
            options.append("--version-id=" + version)
        aws("s3api", "get-object", *options, "--output=json", file)
        with open(file, "rb") as stream:
            return stream.read()


def put_object(place, data, more):
    """Puts an object unless there is one. Who reads it back learns whether that is the same."""
    request = dict(place, IfNoneMatch="*", ChecksumSHA256=to_checksum(data), **more)
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "object")
        with open(file, "wb") as stream:
            stream.write(data)
        try:
            s3api("put-object", request, "--body", file)
        except S3Error as error:
            if error.code not in ("PreconditionFailed", "412"):
                raise


def list_versions(place):
    """Returns all versions of one key, with its delete markers. The newest comes first."""
    found = []
    request = {"Bucket": place["Bucket"], "Prefix": place["Key"], "EncodingType": "url"}
    while True:
        page = s3api("list-object-versions", request, "--no-paginate")
        some = page.get("Versions", []) + page.get("DeleteMarkers", [])
        own = [each for each in some if decode(each["Key"]) == place["Key"]]
        found += own
        # Keys come in order, and the key itself is the first that begins with it.
        if not page.get("IsTruncated") or len(own) < len(some):
            return found
        request["KeyMarker"] = decode(page["NextKeyMarker"])
        if page.get("NextVersionIdMarker"):
            request["VersionIdMarker"] = page["NextVersionIdMarker"]


def decode(text):
    """Keys travel in ASCII, since the AWS CLI writes others in the encoding of the terminal."""
    return urllib.parse.unquote_plus(text)


def delete_versions(place, versions):
    """Deletes these versions. If the bucket has versions, one that was put since stays."""
    for at in range(0, len(versions), 1000):
        some = versions[at : at + 1000]
        objects = [{"Key": place["Key"], "VersionId": each["VersionId"]} for each in some]
        request = {"Bucket": place["Bucket"], "Delete": {"Objects": objects, "Quiet": True}}
        try:
            errors = s3api("delete-objects", request).get("Errors", [])
        except S3Error as error:
            errors = [{"Code": error.code or error}]
        if errors:
            raise Problem(
                "S3 did not delete %s: %s. All other objects are safe. Allow "
                "s3:DeleteObjectVersion, or wait for the end of the lock, and start again"
                % (show(place["Key"]), errors[0].get("Code"))
            )


# --- Packs: plain zip files, whose members are stored, and whose last member is the index


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def to_checksum(data):
    """The SHA-256 as S3 writes it."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


def open_pack(key, data):
    """Raises ValueError unless the pack is what its name says, and its index says what it holds."""
    if not key.endswith("/pack-%s.zip" % sha256(data)[:16]):
        raise ValueError("its SHA-256 is not that of its name")
    entries = read_entries(data)
    *members, index = entries
    if index.name != b"_index-%s.jsonl" % sha256(index.content)[:16].encode():
        raise ValueError("its last member is not its index")
    lines = read_lines(bytes(index.content), FIELDS)
    said = [(line["name"].encode(), line["offset"], line["sha256"]) for line in lines]
    if said != [(each.name, each.offset, sha256(each.content)) for each in members]:
        raise ValueError("its index says something else than what it holds")
    return Pack(key, data, entries, lines)


def read_entries(data):
    view = memoryview(data)
    try:
        signature, _, _, _, count, _, at, _ = struct.unpack_from("<IHHHHIIH", data, len(data) - 22)
        entries = []
        for _ in range(count):
            fields = struct.unpack_from("<IHHHHHHIIIHHHHHII", data, at)
            name_length, extra, comment, offset = fields[10], fields[11], fields[12], fields[16]
            end = at + 46 + name_length + extra + comment
            local = struct.unpack_from("<IHHHHHIIIHH", data, offset)
            begin = offset + 30 + local[9] + local[10]
            is_stored = fields[4] == 0 and fields[8] == fields[9] == local[8]
            if (fields[0], local[0]) != (0x02014B50, 0x04034B50) or not is_stored:
                raise ValueError("it is no zip file of the archiver")
            name = bytes(view[at + 46 : at + 46 + name_length])
            content = view[begin : begin + fields[9]]
            entries.append(Entry(name, view[offset:begin], content, begin, view[at:end]))
            at = end
    except struct.error as error:
        raise ValueError("it is no zip file") from error
    if signature != 0x06054B50 or at != len(data) - 22 or not entries:
        raise ValueError("it is no zip file of the archiver")
    return entries


def build_pack(old, is_kept):
    """Returns the bytes of a pack that has some objects of the old one, with their headers."""
    data, directory, lines = bytearray(), bytearray(), []

    def add(header, content, central):
        central = bytearray(central)
        struct.pack_into("<I", central, 42, len(data))
        directory.extend(central)
        data.extend(header)
        offset = len(data)
        data.extend(content)
        return offset

    for line, entry in zip(old.lines, old.entries):
        if is_kept(line):
            offset = add(entry.header, entry.content, entry.central)
            lines.append(dict(line, offset=offset))
    text = to_json_lines(lines)
    name = b"_index-%s.jsonl" % sha256(text)[:16].encode()
    # The names of all indexes have the same length.
    header, central = bytearray(old.entries[-1].header), bytearray(old.entries[-1].central)
    for block, facts_at, name_at in ((header, 14, 30), (central, 16, 46)):
        struct.pack_into("<III", block, facts_at, zlib.crc32(text), len(text), len(text))
        block[name_at : name_at + len(name)] = name
    add(header, text, central)
    start, count = len(data), len(lines) + 1
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, count, count, len(directory), start, 0)
    return bytes(data + directory + end)


def read_lines(text, fields):
    """Raises ValueError unless each line is an object that has texts in these fields."""
    lines = [json.loads(line) for line in text.split(b"\n") if line]
    for line in lines:
        if not isinstance(line, dict) or not all(isinstance(line.get(f), str) for f in fields):
            raise ValueError("a line needs texts in these fields: %s" % ", ".join(fields))
    return lines


def to_json_lines(lines):
    text = "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)
    return text.encode("ascii")


# --- Indexes


def read_indexes(archive, prefix, day):
    """Copies all indexes, or those of a day, in one command, since there may be thousands."""
    folder_key = prefix + INDEX_FOLDER + ("day=%s/" % day if day else "")
    with tempfile.TemporaryDirectory() as folder:
        source = "s3://%s/%s" % (archive, folder_key)
        aws("s3", "cp", "--recursive", "--only-show-errors", source, folder)
        for parent, _, files in sorted(os.walk(folder)):
            for file in sorted(files):
                path = os.path.relpath(os.path.join(parent, file), folder).replace(os.sep, "/")
                key = folder_key + path
                found = INDEX_FILE.fullmatch(key[len(prefix + INDEX_FOLDER) :])
                if found:
                    yield read_index(os.path.join(parent, file), prefix, key, found.group(1))


def read_index(file, prefix, key, name):
    try:
        with gzip.open(file) as stream:
            lines = read_lines(stream.read(), FIELDS + ("pack",))
    except (OSError, EOFError, ValueError, zlib.error) as error:
        raise Problem("%s is no index, so nobody knows what it hides: %r" % (show(key), error))
    packs = {line["pack"] for line in lines}
    pack = packs.pop() if len(packs) == 1 else ""
    if not (pack.startswith(prefix) and pack.endswith("/%s.zip" % name)):
        raise Problem("%s is the index of another pack" % show(key))
    return Index(key, name, lines)


def without(line, *names):
    return {name: value for name, value in line.items() if name not in names}


def is_target(line, target):
    return line["key"] == target.key and target.source in (None, line["bucket"])


def as_facts(lines):
    """What two packs say alike of the same objects, in any order."""
    facts = (without(line, "offset", *ONLY_IN_TREE) for line in lines)
    return sorted(json.dumps(each, sort_keys=True) for each in facts)


# --- Erasing


class Eraser:
    def __init__(self, archive, prefix, target):
        self.archive = archive
        self.prefix = prefix
        self.target = target

    def place(self, key):
        return {"Bucket": self.archive, "Key": key}

    def find(self, day=None):
        """Returns the indexes that have the key, and says how many it has read."""
        indexes = objects = 0
        similar, found = set(), []
        for index in read_indexes(self.archive, self.prefix, day):
            indexes, objects = indexes + 1, objects + len(index.lines)
            if any(is_target(line, self.target) for line in index.lines):
                found.append(index)
            similar |= {line["key"] for line in index.lines if is_similar(line, self.target)}
        say("indexes: %d, with objects: %d, with the key: %d" % (indexes, objects, len(found)))
        for key in sorted(similar):
            say("another key looks the same, and is another object: " + show(key))
        return found

    def erase(self, index, is_confirmed):
        """Erases the key from one pack. Raises an error before it deletes what is not proven."""
        pack_key = index.lines[0]["pack"]
        versions = {key: self.look(key) for key in (pack_key, index.key)}
        old = self.read_proven(pack_key, versions[pack_key])
        lines = old.lines if old else [without(line, *ONLY_IN_TREE) for line in index.lines]
        kept = [line for line in lines if not is_target(line, self.target)]
        if len(kept) == len(lines):
            raise Problem("%s has the key, and its pack does not" % show(index.key))
        say("%s: %d objects, of which %d stay" % (show(pack_key), len(lines), len(kept)))
        if not kept:
            rest = None
        elif old:
            rest = self.put_rest(old, index, versions, is_confirmed)
        else:
            rest = self.find_rest(index, kept)
        if not is_confirmed:
            return
        if rest:
            self.assert_kept(rest, kept, get_day(index))
        # In this order: without its index, nobody would find the pack again.
        for key in (pack_key, index.key):
            delete_versions(self.place(key), versions[key])
            if list_versions(self.place(key)):
                raise Problem("%s has a new version: start again" % show(key))

    def look(self, key):
        """Returns all versions of a key, with what S3 says of each."""
        versions = list_versions(self.place(key))
        for version in versions:
            if not is_marker(version):
                request = dict(self.place(key), VersionId=version["VersionId"])
                version["Head"] = s3api("head-object", request)
                assert_unlocked(key, version["Head"])
        return versions

    def read_proven(self, key, versions):
        """Returns the pack. None: it has no version any more. All versions must be the pack."""
        pack = None
        for version in versions:
            if is_marker(version):
                continue
            try:
                pack = open_pack(key, read_object(self.place(key), version["VersionId"]))
            except S3Error as error:
                raise as_problem(key, error)
            except (ValueError, KeyError, TypeError) as error:
                raise Problem(
                    "version %s of %s is not the pack: %s. Look at it, and delete that version if "
                    "nobody needs it" % (version["VersionId"], show(key), error)
                )
        return pack

    def put_rest(self, old, index, versions, is_confirmed):
        """Puts a pack of the other objects, after its index, so that it is always found."""
        data = build_pack(old, lambda line: not is_target(line, self.target))
        name = "pack-" + sha256(data)[:16]
        new = open_pack("%s/%s.zip" % (get_folder(old.key), name), data)
        if not is_confirmed:
            say("it would put the others into " + show(new.key))
            return new
        in_tree = [dict(line, pack=new.key, packSize=len(data)) for line in new.lines]
        put_object(
            self.place("%s/%s.jsonl.gz" % (get_folder(index.key), name)),
            gzip.compress(to_json_lines(in_tree), mtime=0),
            as_before(versions[index.key], "application/gzip"),
        )
        put_object(self.place(new.key), data, as_before(versions[old.key], "application/zip"))
        say("the others are in " + show(new.key))
        return new

    def find_rest(self, index, kept):
        """Finds the pack into which an attempt that ended early has put the others."""
        say("the pack is gone already, and its index is left")
        for other in read_indexes(self.archive, self.prefix, get_day(index)):
            if other.key != index.key and as_facts(other.lines) == as_facts(kept):
                return Pack(other.lines[0]["pack"])
        raise Problem(
            "the pack of %s is gone, and no other pack of this day has its other objects. Find out "
            "who deleted it. Nothing was changed" % show(index.key)
        )

    def assert_kept(self, rest, kept, day):
        """Reads back what is to hold the others. Raises an error unless it holds them all."""
        try:
            lines = open_pack(rest.key, read_object(self.place(rest.key))).lines
        except S3Error as error:
            if error.code != "InvalidObjectState" or not rest.lines:
                raise as_problem(rest.key, error)
            # Its bytes were proven before they were put, and S3 says that it has them.
            self.assert_checksum(rest)
            lines = rest.lines
        except (ValueError, KeyError, TypeError) as error:
            raise Problem("%s is not the new pack: %s" % (show(rest.key), error))
        in_tree = [
            without(line, *ONLY_IN_TREE)
            for index in read_indexes(self.archive, self.prefix, day)
            for line in index.lines
            if line["pack"] == rest.key
        ]
        if lines != in_tree or as_facts(lines) != as_facts(kept):
            raise Problem("%s does not hold all others. Nothing was deleted" % show(rest.key))

    def assert_checksum(self, pack):
        head = s3api("head-object", dict(self.place(pack.key), ChecksumMode="ENABLED"))
        said = (head.get("ChecksumSHA256"), head.get("ContentLength"))
        # A checksum of parts is none of the bytes.
        is_whole = head.get("ChecksumType") != "COMPOSITE"
        if False and said != (to_checksum(pack.data), len(pack.data)):
            raise Problem("S3 does not confirm the SHA-256 of %s" % show(pack.key))


def as_problem(key, error):
    if error.code != "InvalidObjectState":
        return error
    return Problem(
        '%s cannot be read in its storage class: thaw it with "aws s3api restore-object", and '
        "start again" % show(key)
    )


def assert_unlocked(key, head):
    until = head.get("ObjectLockRetainUntilDate")
    if head.get("ObjectLockLegalHoldStatus") == "ON":
        raise Problem("%s has a legal hold: release it, and start again" % show(key))
    if until and to_time(until) > datetime.datetime.now(datetime.timezone.utc):
        raise Problem(
            "%s is locked (%s) until %s, and cannot be deleted before. Nothing was changed"
            % (show(key), head.get("ObjectLockMode"), until)
        )


def to_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def as_before(versions, content_type):
    """Returns the storage class and the encryption of the newest version."""
    head = next(each["Head"] for each in versions if not is_marker(each))
    names = ("ServerSideEncryption", "SSEKMSKeyId", "BucketKeyEnabled")
    encryption = {name: head[name] for name in names if name in head}
    storage_class = head.get("StorageClass", "STANDARD")
    return dict(encryption, StorageClass=storage_class, ContentType=content_type)


def is_marker(version):
    return "ETag" not in version


def get_folder(key):
    return key[: key.rindex("/")]


def get_day(index):
    return get_folder(index.key)[-len("2026-11-24") :]


def is_similar(line, target):
    def fold(key):
        return unicodedata.normalize("NFC", key).casefold()

    return line["key"] != target.key and fold(line["key"]) == fold(target.key)


def show(key):
    """A key may have characters that control a terminal. JSON writes them in ASCII."""
    return json.dumps(key)


def say(text):
    print(text, flush=True)


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description="Erases one object from the packs of an archive.")
    parser.add_argument("--archive", required=True, help="the bucket that has the packs")
    parser.add_argument("--prefix", required=True, help='the destinationPrefix, such as "archive/"')
    key = parser.add_mutually_exclusive_group(required=True)
    key.add_argument("--key", help="the key that the object had at the source")
    key.add_argument("--key-json", help='the same as JSON, as ledgers have it: "a\\u58f2.csv"')
    parser.add_argument("--source", help="the bucket that it was in; default: any")
    parser.add_argument("--day", help="YYYY-MM-DD, if it can only be in packs of this day")
    parser.add_argument("--confirm", action="store_true", help="do it, and do not only say it")
    given = parser.parse_args(arguments)
    if given.prefix and not given.prefix.endswith("/"):
        parser.error('--prefix must be empty or end with "/"')
    if given.day and not re.fullmatch(r"\d{4}-\d\d-\d\d", given.day):
        parser.error("--day must be a day such as 2026-11-24")
    # As it was typed: Python may have read it in another encoding.
    key = json.loads(given.key_json) if given.key is None else os.fsencode(given.key).decode()
    return given, Target(key, given.source)


def main(arguments):
    given, target = read_arguments(arguments)
    eraser = Eraser(given.archive, os.fsencode(given.prefix).decode(), target)
    found = eraser.find(given.day)
    if not found:
        say("nothing was erased: no index has the key " + show(target.key))
        return 1
    for index in found:
        eraser.erase(index, given.confirm)
    if not given.confirm:
        say("this was a dry run: nothing was changed. Start it with --confirm")
        return 0
    if eraser.find(given.day):
        raise Problem("another pack has the key meanwhile: start again")
    say("packs from which it is erased: %d. Not looked at: objects outside of packs," % len(found))
    say("noncurrent versions at the source, restored copies in the reports, replicas, ledgers")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (Problem, S3Error) as problem:
        print("NOT DONE: %s" % problem, file=sys.stderr)
        sys.exit(2)
