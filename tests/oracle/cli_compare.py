#!/usr/bin/env python3
"""Runs the lines of cli.json through the real AWS CLI v2 and compares what it asks and prints.

Needs Debian's `awscli` (2.9.19) and its Python, and beside it the service models of the PyPI
`botocore` that extract.py read (--models: its `data` folder), because those of Debian are older.
Nothing is sent: the calls of a line are answered with the replies that stand beside it.

    /usr/bin/python3 tests/oracle/cli_compare.py --models …            compare; exit 1 on a difference
    /usr/bin/python3 tests/oracle/cli_compare.py --models … --write    write what the AWS CLI did

To add a case, write `{"line": "aws …", "replies": [{"output": {…}}]}` into cli.json and use
`--write`. A reply may be `{"error": {"code": …, "message": …, "status": …}}`. `cargo test` replays
the file against this project's own terminal.
"""

import argparse
import base64
import contextlib
import datetime
import decimal
import gzip
import io
import json
import os
import pathlib
import shlex
import sys
import tempfile

CASES = pathlib.Path(__file__).with_name("cli.json")
MODELS = tempfile.mkdtemp()
os.environ.update(
    AWS_ACCESS_KEY_ID="x", AWS_SECRET_ACCESS_KEY="y", AWS_DEFAULT_REGION="us-east-1", AWS_PAGER="",
    TZ="UTC", AWS_DATA_PATH=MODELS, AWS_CONFIG_FILE="/nonexistent", AWS_SHARED_CREDENTIALS_FILE="/nonexistent",
)

sys.argv[0] = "aws"
# The AWS CLI brings a botocore of its own and puts it in place of any other.
from awscli.clidriver import create_clidriver  # noqa: E402
from botocore import client, exceptions, waiter  # noqa: E402

REAL_CALL = client.BaseClient._make_api_call


class Stage:
    """The service: answers in turn, and remembers what it was asked."""

    def __init__(self, replies):
        self.replies, self.calls, self.slept = list(replies), [], 0

    def call_of(self):
        return lambda api, operation, params: self.call(api, operation, params)

    def call(self, api, operation, params):
        model = api._service_model.operation_model(operation)
        context = {"client_region": "us-east-1", "client_config": api.meta.config,
                   "has_streaming_input": False, "auth_type": None}
        asked = json.loads(json.dumps(params, default=plain))
        params = api._emit_api_params(params, model, context)
        api._serializer.serialize_to_request(params, model)
        self.calls.append({"operation": operation, "input": without_tokens(params, model, asked)})
        reply = self.replies.pop(0)
        if "error" in reply:
            error = reply["error"]
            raise exceptions.ClientError(
                {"Error": {"Code": error["code"], "Message": error["message"]},
                 "ResponseMetadata": {"HTTPStatusCode": error.get("status", 400)}}, operation)
        xml = "json" not in api._service_model.metadata["protocol"]
        output = parsed(json.loads(json.dumps(reply["output"])), model.output_shape, xml)
        output["ResponseMetadata"] = {"HTTPStatusCode": 200, "RequestId": "r"}
        return output


def plain(value):
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, decimal.Decimal):
        return float(value)
    return str(value)


def without_tokens(params, model, asked):
    """What is sent, without the tokens and the encoding that botocore adds."""
    params = json.loads(json.dumps(params, default=plain))
    members = model.input_shape.members if model.input_shape else {}
    for name in list(params):
        token = name in members and members[name].metadata.get("idempotencyToken")
        if (token or name == "EncodingType") and name not in asked:
            del params[name]
    return params


def parsed(value, shape, xml):
    """An output as botocore's parsers give it: in the order of the model, moments as text."""
    if shape is None or value is None:
        return value
    if shape.type_name == "structure" and isinstance(value, dict):
        return {k: parsed(value[k], member, xml) for k, member in shape.members.items() if k in value}
    if shape.type_name == "list" and isinstance(value, list):
        return [parsed(item, shape.member, xml) for item in value]
    if shape.type_name == "map" and isinstance(value, dict):
        return {k: parsed(v, shape.value, xml) for k, v in value.items()}
    if shape.type_name in ("double", "float") and xml:
        return float(value)
    if shape.type_name == "timestamp" and isinstance(value, (int, float)):
        return datetime.datetime.fromtimestamp(value, datetime.timezone.utc).isoformat()
    return value


def run(case):
    words = shlex.split(case["line"], comments=True)[1:]
    stage = Stage(case.get("replies", []))
    client.BaseClient._make_api_call = REAL_CALL
    if words[-2:] != ["--generate-cli-skeleton", "output"]:
        client.BaseClient._make_api_call = stage.call_of()

    def sleep(seconds):
        stage.slept += seconds

    waiter.time.sleep = sleep
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = create_clidriver().main(words)
    found = {"line": case["line"], "replies": case.get("replies", []), "status": status,
             "stdout": out.getvalue(), "stderr": err.getvalue(), "calls": stage.calls,
             "slept": stage.slept}
    return {name: value for name, value in found.items() if value or name in ("line", "status")}


def unpack(models):
    """The models where the AWS CLI's older loader finds them, in forms that it knows."""
    for source in pathlib.Path(models).glob("*/*/*.json*"):
        if source.name.startswith(("service-2", "paginators-1", "waiters-2")):
            path = pathlib.Path(MODELS, *source.parts[-3:-1], source.name.removesuffix(".gz"))
            path.parent.mkdir(parents=True, exist_ok=True)
            data = source.read_bytes()
            data = gzip.decompress(data) if source.suffix == ".gz" else data
            path.write_bytes(data.replace(b'"smithy-rpc-v2-cbor"', b'"query"'))


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--models", required=True)
    options.add_argument("--write", action="store_true")
    options = options.parse_args()
    unpack(options.models)
    cases = json.loads(CASES.read_text())
    found, differ = [], 0
    for case in cases:
        result = run(case)
        found.append(result)
        if result != case:
            differ += 1
            print(f"--- {case['line']}")
            for name in result.keys() | case.keys():
                if result.get(name) != case.get(name):
                    print(f"{name}: recorded {case.get(name)!r}\n{name}: now      {result.get(name)!r}")
    print(f"{len(cases)} lines, {differ} differ")
    if options.write:
        lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in found)
        CASES.write_text(f"[\n{lines}\n]\n")
    elif differ:
        sys.exit(1)


if __name__ == "__main__":
    main()
