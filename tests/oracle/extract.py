#!/usr/bin/env python3
"""Writes src/cloud/api/models/*.api from botocore's service models.

Needs Python 3 and PyPI's `botocore`. Only names and types are taken, no documentation.

    python3 tests/oracle/extract.py            write the files and print their sizes
    python3 tests/oracle/extract.py --check    write nothing; exit 1 if a committed file differs

`operations.txt` beside this script says which operations are wanted; only the shapes they reach
are written. Where a service has a `|` among its operations, what only those behind it reach goes
into a file of its own, `<service>.more.api`: the page reads it when somebody asks for it. What
`opening.txt` names stays in the first file all the same: lessons begin with it. Beside the models it writes `names.txt`: every operation and input member with the
name the AWS CLI gives it. The format of a model, a line a thing:

    protocol json
    op RunTask RunTaskRequest RunTaskResponse              name, input, output (`-`: none)
    page ListTasks nextToken nextToken maxResults taskArns [more=IsTruncated] [keep=a,b]
                                                           operation, input token, output token,
                                                           limit, results
    wait TasksRunning DescribeTasks 6 100                  name, operation, seconds, attempts
     success pathAll RUNNING tasks[].lastStatus            state, matcher, expected, argument
    enum LaunchType EC2 FARGATE
    some InstanceType t3.small                             words of a long enum of the second file
    struct RunTaskRequest                                  (`union`: exactly one member is set)
     taskDefinition! string                                `!`: required

A type is string, integer, long, float, double, boolean, timestamp, blob, document, the name of an
enum or struct, `type[]` for a list or `{key:value}` for a map. `type>=n` is the least value of a
number, or the least length of a string or list, which botocore checks before it sends anything.
"""

import difflib
import pathlib
import re
import shutil
import subprocess
import sys

import botocore
import botocore.session
from botocore import xform_name
from botocore.exceptions import UnknownServiceError
from botocore.model import ServiceModel

HERE = pathlib.Path(__file__).resolve().parent
MODELS = HERE.parent.parent / "src" / "cloud" / "api" / "models"
BOUNDED = {"string", "integer", "long", "float", "double", "list"}
LONG = 100  # more words than an enum should have in a first file
PLAIN = {"integer", "long", "float", "double", "boolean", "timestamp", "blob"}


def main():
    loader = botocore.session.get_session().get_component("data_loader")
    used = paragraphs("opening.txt")
    wanted = paragraphs("operations.txt").items()
    models = {name: Model(loader, name, ops, used.get(name, [])) for name, ops in wanted}
    files = {MODELS / f"{name}.api": model.text() for name, model in models.items()}
    files |= {MODELS / f"{name}.more.api": model.more() for name, model in models.items() if model.late}
    pairs = sorted({pair for model in models.values() for pair in model.cli_names()})
    files[HERE / "names.txt"] = "".join(f"{wire} {cli}\n" for wire, cli in pairs)
    if "--check" in sys.argv[1:]:
        sys.exit(check(files))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        print(f"{path.name:28} {len(text.encode()):8} raw {brotli(text):>8} brotli")


def paragraphs(file):
    """The words of a file by service."""
    found, service = {}, None
    for line in (HERE / file).read_text().splitlines():
        words = line.split("#")[0].split()
        if words and words[0].endswith(":"):
            service = words.pop(0)[:-1]
            found[service] = []
        found.get(service, []).extend(words)
    return found


def check(files):
    stale = 0
    for path, text in files.items():
        old = path.read_text() if path.exists() else ""
        if old != text:
            stale = 1
            diff = list(difflib.unified_diff(old.splitlines(), text.splitlines(), lineterm="", n=0))
            print(f"{path.name}: {len(diff)} lines differ", *diff[2:22], sep="\n")
    extra = sorted(p.name for p in MODELS.glob("*.api") if p not in files)
    if extra:
        print("no service of operations.txt:", *extra)
    return stale or bool(extra)


def brotli(text):
    if not shutil.which("brotli"):
        return "?"
    command = ["brotli", "-q", "11", "-c"]
    run = subprocess.run(command, input=text.encode(), capture_output=True, check=True)
    return len(run.stdout)


class Model:
    """One service: what its wanted operations reach."""

    def __init__(self, loader, name, words, used):
        operations = [word for word in words if word != "|"]
        early = words.index("|") if "|" in words else len(words)
        self.service = ServiceModel(loader.load_service_model(name, "service-2"), name)
        self.operations = [self.service.operation_model(op) for op in operations]
        self.pages = self.optional(loader, name, "paginators-1", "pagination")
        self.waiters = self.optional(loader, name, "waiters-2", "waiters")
        self.shapes, self.late, self.some = {}, set(), {}
        for number, op in enumerate(self.operations):
            if number == early:
                known = set(self.shapes)
            for shape in (op.input_shape, op.output_shape):
                if shape is not None:
                    self.type_of(shape)
        if early < len(operations):
            self.late = set(self.shapes) - known - self.used(used)
            self.some = {name: words for name, words in self.some.items() if name in self.late}

    def used(self, used):
        """The shapes of openings, without the long enums: of those only some words are kept."""
        found = {word for word in used if "=" not in word}
        for place, word in (entry.split("=") for entry in used if "=" in entry):
            structure, member = place.split(".")
            shape = self.service.shape_for(structure).members[member]
            while shape.type_name != "string":
                shape = shape.member if shape.type_name == "list" else shape.value
            if len(shape.enum) > LONG:
                self.some.setdefault(shape.name, set()).add(word)
            else:
                found.add(shape.name)
        return found

    @staticmethod
    def optional(loader, name, kind, key):
        try:
            return loader.load_service_model(name, kind)[key]
        except UnknownServiceError:  # botocore's word for "this service has no such file"
            return {}

    def head(self):
        s = self.service
        return (
            f"# {s.service_name} {s.api_version}, from botocore {botocore.__version__} by "
            "tests/oracle/extract.py; names and types only"
        )

    def text(self):
        lines = [self.head(), f"protocol {self.service.metadata['protocol']}"]
        for op in self.operations:
            ends = [sh.name if sh is not None else "-" for sh in (op.input_shape, op.output_shape)]
            lines.append(f"op {op.name} {' '.join(ends)}")
        names = {op.name for op in self.operations}
        lines += [page_line(op, page) for op, page in sorted(self.pages.items()) if op in names]
        for name, waiter in sorted(self.waiters.items()):
            if waiter["operation"] in names:
                lines += waiter_lines(name, waiter)
        lines += [f"some {name} {' '.join(sorted(self.some[name]))}" for name in sorted(self.some)]
        for name in sorted(set(self.shapes) - self.late):
            lines += self.shapes[name]
        return "\n".join(lines) + "\n"

    def more(self):
        lines = [self.head()]
        for name in sorted(self.late):
            lines += self.shapes[name]
        return "\n".join(lines) + "\n"

    def cli_names(self):
        for op in self.operations:
            yield op.name, xform_name(op.name, "-")
            for member in op.input_shape.members if op.input_shape is not None else ():
                yield member, xform_name(member, "-")
        for name, waiter in self.waiters.items():
            yield name, xform_name(name, "-")

    def type_of(self, shape):
        """How a member of this shape is written; remembers what has to be defined for it."""
        kind = shape.type_name
        bound = ""
        if kind in BOUNDED and "min" in shape.metadata:
            assert isinstance(shape.metadata["min"], int), shape
            bound = f">={shape.metadata['min']}"
        assert not shape.serialization.get("hostLabel"), "botocore checks its length"
        assert not shape.serialization.get("jsonvalue"), "botocore checks it as JSON"
        if kind == "list":
            return f"{self.type_of(shape.member)}[]{bound}"
        if kind == "map":
            return f"{{{self.type_of(shape.key)}:{self.type_of(shape.value)}}}"
        if kind in PLAIN:
            return kind + bound
        if kind == "string" and not shape.enum:
            return kind + bound
        assert re.fullmatch(r"\w+", shape.name) and shape.name not in PLAIN | {"string", "document"}
        if kind == "string":
            assert not bound and all(re.fullmatch(r"\S+", value) for value in shape.enum), shape
            self.shapes[shape.name] = [f"enum {shape.name} {' '.join(shape.enum)}"]
            return shape.name
        assert kind == "structure", shape
        if shape.is_document_type:
            return "document"
        self.structure(shape)
        return shape.name

    def structure(self, shape):
        if shape.name in self.shapes:
            return
        lines = [f"{'union' if shape.is_tagged_union else 'struct'} {shape.name}"]
        self.shapes[shape.name] = lines
        required = shape.metadata.get("required", [])
        # The validator names missing members in the order of `required`: it has to be ours.
        assert required == [name for name in shape.members if name in required], shape
        for name, member in shape.members.items():
            # botocore fills in such a token by itself, so that it is never missing.
            assert not (name in required and member.metadata.get("idempotencyToken")), shape
            # botocore hands the policies in IAM's answers to a program as JSON.
            parsed = member.name == "policyDocumentType" and not shape.name.endswith("Request")
            kind = "document" if parsed else self.type_of(member)
            lines.append(f" {name}{'!' if name in required else ''} {kind}")


def page_line(operation, page):
    def keys(key):
        value = page.get(key, "-")
        text = value if isinstance(value, str) else ",".join(value)
        assert re.fullmatch(r"[\w.,-]+", text), page
        return text

    four = " ".join(keys(k) for k in ("input_token", "output_token", "limit_key", "result_key"))
    more = f" more={keys('more_results')}" if "more_results" in page else ""
    keep = f" keep={keys('non_aggregate_keys')}" if "non_aggregate_keys" in page else ""
    return f"page {operation} {four}{more}{keep}"


def waiter_lines(name, waiter):
    yield f"wait {name} {waiter['operation']} {waiter['delay']} {waiter['maxAttempts']}"
    for a in waiter["acceptors"]:
        expected = a["expected"]
        if isinstance(expected, str):
            # Bare words that could be read as a number or a truth value would need quotes.
            assert re.fullmatch(r"[A-Za-z]\S*", expected) and expected not in ("true", "false"), a
        else:
            assert isinstance(expected, bool) or a["matcher"] == "status", a
            expected = str(expected).lower()
        argument = f" {a['argument']}" if "argument" in a else ""
        yield f" {a['state']} {a['matcher']} {expected}{argument}"


if __name__ == "__main__":
    main()
