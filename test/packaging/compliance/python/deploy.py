"""Deploys the templates of cloud assemblies into moto, and looks whether everything refers to what there is.

usage: deploy.py NAME ASSEMBLY NAME ASSEMBLY ...; prints {findings: [{app, rule, text}], shown}
"""
import io
import json
import logging
import os
import re
import sys
import zipfile
from collections import Counter
from pathlib import Path

os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1")

import boto3
from moto import mock_aws
from moto.cloudformation.parsing import resource_class_from_type

ACCOUNT = "123456789012"
ASSETS = f"cdk-hnb659fds-assets-{ACCOUNT}-us-east-1"
# What moto makes, and does not list.
UNLISTED = {"AWS::Lambda::Permission"}
logging.disable(logging.CRITICAL)
seen = Counter()
missing = Counter()


def deploy(assembly):
    """Yields (rule, text) of what is wrong."""
    os.environ["AWS_DEFAULT_REGION"] = region_of(assembly)
    bootstrap()
    cloudformation = boto3.client("cloudformation")
    for path in sorted(Path(assembly).rglob("*.template.json")):
        text = path.read_text()
        resources = json.loads(text)["Resources"]
        for resource in resources.values():
            supported = resource_class_from_type(resource["Type"]) is not None
            (seen if supported else missing)[resource["Type"]] += 1
            put_code(resource)
        stack = path.name.removesuffix(".template.json")
        cloudformation.create_stack(StackName=stack, TemplateBody=text, Capabilities=["CAPABILITY_NAMED_IAM"])
        described = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
        if described["StackStatus"] != "CREATE_COMPLETE":
            yield "stack", f"{stack} is {described['StackStatus']}: {described.get('StackStatusReason')}"
        made = {each.get("LogicalResourceId") for each in cloudformation.describe_stack_resources(StackName=stack)["StackResources"]}
        for id, resource in resources.items():
            if resource_class_from_type(resource["Type"]) and id not in made and resource["Type"] not in UNLISTED:
                yield "resource", f"{id}, of type {resource['Type']}, was not made"
    yield from broken_references()


def region_of(assembly):
    """The region of an app that states one, as aws://111122223333/eu-west-1."""
    artifacts = json.loads((Path(assembly) / "manifest.json").read_text())["artifacts"].values()
    regions = [each["environment"].split("/")[-1] for each in artifacts if each.get("environment")]
    return next((region for region in regions if region != "unknown-region"), "us-east-1")


def bootstrap():
    """What `cdk bootstrap` leaves in an account."""
    create_bucket(ASSETS)
    boto3.client("ssm").put_parameter(Name="/cdk-bootstrap/hnb659fds/version", Value="30", Type="String")


def create_bucket(name):
    region = os.environ["AWS_DEFAULT_REGION"]
    place = {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    boto3.client("s3").create_bucket(Bucket=name, **place)


def put_code(resource):
    code = resource.get("Properties", {}).get("Code", {}) if resource["Type"] == "AWS::Lambda::Function" else {}
    key = code.get("S3Key")
    if key:
        # An app that states its account and region names the bucket, others let CloudFormation put them together.
        bucket = code["S3Bucket"] if isinstance(code["S3Bucket"], str) else ASSETS
        if bucket not in {each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]}:
            create_bucket(bucket)
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w") as archive:
            archive.writestr("index.js", "exports.handler = async () => undefined")
        boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=data.getvalue())


def broken_references():
    functions = {each["FunctionArn"]: each for each in boto3.client("lambda").list_functions()["Functions"]}
    roles = {each["Arn"] for each in boto3.client("iam").list_roles()["Roles"]}
    topics = {each["TopicArn"] for each in boto3.client("sns").list_topics()["Topics"]}
    buckets = {each["Name"] for each in boto3.client("s3").list_buckets()["Buckets"]}
    groups = {each["logGroupName"] for each in boto3.client("logs").describe_log_groups()["logGroups"]}

    for arn, function in functions.items():
        if function["Role"] not in roles:
            yield "role", f"{arn} has the role {function['Role']}, which there is not"
        environment = function.get("Environment", {}).get("Variables", {})
        group = function.get("LoggingConfig", {}).get("LogGroup")
        if group and group not in groups:
            yield "log group", f"{arn} logs to {group}, which there is not"
        for name in ("REPORT_BUCKET",):
            if name in environment and environment[name] not in buckets:
                yield "bucket", f"{arn} has {name} {environment[name]}, which there is not"

    machines = boto3.client("stepfunctions")
    found = machines.list_state_machines()["stateMachines"]
    if not found:
        yield "state machine", "there is none"
    for machine in found:
        described = machines.describe_state_machine(stateMachineArn=machine["stateMachineArn"])
        if described["roleArn"] not in roles:
            yield "role", f"the state machine has the role {described['roleArn']}, which there is not"
        definition = described["definition"]
        json.loads(definition)
        for arn in set(re.findall(r'"(arn:aws:lambda:[^"]+)"', definition)) - set(functions):
            yield "function", f"the state machine invokes {arn}, which there is not"
        # A topic that was given is not of this stack.
        for arn in set(re.findall(r'"(arn:aws:sns:[^"]+)"', definition)) - topics:
            if "data-platform" not in arn:
                yield "topic", f"the state machine publishes to {arn}, which there is not"

    events = boto3.client("events")
    for rule in events.list_rules()["Rules"]:
        for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]:
            if target["Arn"].startswith("arn:aws:lambda:") and target["Arn"] not in functions:
                yield "function", f"a rule has the target {target['Arn']}, which there is not"
        pattern = json.loads(rule["EventPattern"])
        for arn in pattern.get("detail", {}).get("stateMachineArn", []):
            if arn not in {machine["stateMachineArn"] for machine in found}:
                yield "state machine", f"a rule waits for {arn}, which there is not"


findings = []
arguments = sys.argv[1:]
for name, assembly in zip(arguments[::2], arguments[1::2]):
    with mock_aws():
        findings += [{"app": name, "rule": rule, "text": text} for rule, text in deploy(assembly)]
shown = f"{sum(seen.values())} resources made of {len(seen)} types; it has no {', '.join(sorted(missing))}"
print(json.dumps({"findings": findings, "shown": shown}))
