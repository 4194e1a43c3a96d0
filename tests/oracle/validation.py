#!/usr/bin/env python3
"""Writes validation.json: inputs, most of them wrong, and what botocore's validator says to each.

Needs Python 3 and PyPI's `botocore`. `null` as the message means that the input passes.

    python3 tests/oracle/validation.py            write the file
    python3 tests/oracle/validation.py --check    write nothing; exit 1 if it would change
"""

import json
import pathlib
import sys

import botocore.session
from botocore.exceptions import ParamValidationError
from botocore.model import ServiceModel
from botocore.validate import validate_parameters

FILE = pathlib.Path(__file__).resolve().parent / "validation.json"

RUN = {"taskDefinition": "web"}
VPC = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
METRIC = {"Namespace": "N", "MetricData": [{"MetricName": "m"}]}

CASES = {
    "ecs RunTask": [
        RUN,
        {},
        {"foo": 1},
        {"foo": 1, "count": "2", "bar": None},
        {**RUN, "count": "x"},
        {**RUN, "count": 1.0},
        {**RUN, "count": 1.5e-7},
        {**RUN, "count": 1e16},
        {**RUN, "count": True},
        {**RUN, "count": None},
        {**RUN, "count": [1, "a", None, {"b": False}]},
        {**RUN, "count": {"it's": 'say "hi"'}},
        {"taskDefinition": 7},
        {"taskDefinition": ""},
        {"taskDefinition": ["web"]},
        {"taskDefinition": None},
        {**RUN, "launchType": "BERTH"},
        {**RUN, "networkConfiguration": {"awsvpcConfiguration": {}}},
        {**RUN, "networkConfiguration": {"awsvpcConfiguration": []}},
        {**RUN, "networkConfiguration": "vpc"},
        {**RUN, "networkConfiguration": {"awsvpcConfiguration": {"subnets": "subnet-1"}}},
        {**RUN, "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["a", 2, None]}}},
        {**RUN, "networkConfiguration": {"awsVpcConfiguration": {"subnets": ["a"]}}},
        {**RUN, "networkConfiguration": VPC, "enableExecuteCommand": "true"},
        {**RUN, "enableExecuteCommand": 1},
        {**RUN, "tags": [{"key": "a", "value": "b"}, {"key": ""}, {"Key": "a"}, "c"]},
        {**RUN, "overrides": {"containerOverrides": [{}, {"name": "w", "cpu": "1"}]}},
        {**RUN, "overrides": {"containerOverrides": [{"environment": [{"name": 1}]}]}},
        {**RUN, "capacityProviderStrategy": [{"weight": -1}]},
        {**RUN, "capacityProviderStrategy": [{"capacityProvider": "A", "weight": 1, "base": -2}]},
        {**RUN, "capacityProviderStrategy": [{"capacityProvider": "A", "weight": False}]},
        {"Count": 1, "taskdefinition": "web"},
        [],
        None,
        "web",
    ],
    "ecs RegisterTaskDefinition": [
        {},
        {"family": "web", "containerDefinitions": [{"image": 5, "essential": "yes"}]},
        {"family": "web", "containerDefinitions": {"name": "web"}},
        {"containerDefinitions": [{"dockerLabels": {"a": 1, "b": None}}]},
        {
            "family": "web",
            "containerDefinitions": [
                {"name": "web", "portMappings": [{"containerPort": "80"}, 80]},
                {"healthCheck": {"interval": 5}, "logConfiguration": {"options": {"a": "b"}}},
                {"secrets": [{"name": "S"}], "dependsOn": [{"condition": "START"}]},
            ],
        },
        {
            "family": "web",
            "containerDefinitions": [],
            "volumes": [{"efsVolumeConfiguration": {"rootDirectory": "/"}}],
            "ephemeralStorage": {},
        },
    ],
    "ecs CreateService": [
        {},
        {"serviceName": "web", "desiredCount": 10**15, "loadBalancers": [None]},
        {"serviceName": "web", "deploymentConfiguration": {"deploymentCircuitBreaker": {}}},
        {"serviceName": "web", "deploymentConfiguration": {"alarms": {"alarmNames": "x"}}},
        {"serviceName": "web", "deploymentConfiguration": {"hookDetails": 1}},
        {"serviceName": "web", "deploymentConfiguration": {"lifecycleHooks": [{"hookDetails": 1}]}},
        {
            "serviceName": "web",
            "deploymentConfiguration": {"lifecycleHooks": [{"hookDetails": {"a": [1, None]}}]},
        },
    ],
    "ecs CreateCapacityProvider": [
        {"name": "a", "autoScalingGroupProvider": {"managedScaling": {"targetCapacity": 0}}},
        {"name": "a", "autoScalingGroupProvider": {"autoScalingGroupArn": "x", "managedScaling": {
            "targetCapacity": 0, "minimumScalingStepSize": 0, "instanceWarmupPeriod": -1}}},
    ],
    "ecs ListTasks": [{}, {"maxResults": "5"}, {"cluster": {}}],
    "ec2 RunInstances": [
        {},
        {"MinCount": 1, "MaxCount": "1", "ImageID": "ami-1"},
        {"MinCount": 1, "MaxCount": 1, "BlockDeviceMappings": [{"Ebs": {"VolumeSize": "8"}}]},
        {"MinCount": 1, "MaxCount": 1, "UserData": 5, "SecurityGroupIds": [1]},
        {"MinCount": 1, "MaxCount": 1, "InstanceType": "t9.colossal"},
    ],
    "ec2 DescribeInstances": [
        {},
        {"Filters": {"Name": "vpc-id"}},
        {"Filters": [{"Name": "vpc-id", "Values": "vpc-1"}], "InstanceIds": "i-1"},
    ],
    "ec2 DescribeVpcEndpoints": [{"MaxResults": -1.5}, {"MaxResults": 0}],
    "ec2 DescribeVpcs": [{"MaxResults": 4}],
    "ec2 DescribeSecurityGroups": [{"MaxResults": 4}, {"MaxResults": 5}],
    "autoscaling CreateAutoScalingGroup": [
        {},
        {"AutoScalingGroupName": "", "MinSize": "0", "MaxSize": 1, "AvailabilityZones": []},
        {"AutoScalingGroupName": "a", "MinSize": 0, "MaxSize": 1, "Tags": [{"Value": "b"}]},
        {"AutoScalingGroupName": "a", "MinSize": 0, "MaxSize": 1, "InstanceMaintenancePolicy": {
            "MinHealthyPercentage": -2, "MaxHealthyPercentage": 99}},
        {"AutoScalingGroupName": "a", "MinSize": 0, "MaxSize": 1, "MixedInstancesPolicy": {
            "LaunchTemplate": {"Overrides": [{"InstanceRequirements": {
                "VCpuCount": {"Max": 2}, "MemoryMiB": {"Min": -1},
                "MemoryGiBPerVCpu": {"Min": -0.5, "Max": 0.5},
                "NetworkBandwidthGbps": {"Min": -2, "Max": -1e30}}}]}}},
    ],
    "iam CreateRole": [
        {},
        {"RoleName": "", "AssumeRolePolicyDocument": {"Version": "2012-10-17"}},
        {"RoleName": "a", "AssumeRolePolicyDocument": "", "MaxSessionDuration": 3599},
        {"RoleName": "a", "AssumeRolePolicyDocument": "{}", "Tags": [{"Key": "", "Value": ""}]},
    ],
    "iam AttachRolePolicy": [{}, {"RoleName": "a", "PolicyArn": "short"}],
    "sts AssumeRole": [{"RoleArn": "x" * 20, "RoleSessionName": "é", "DurationSeconds": 899}],
    "sts GetCallerIdentity": [{}, {"a": 1}],
    "elbv2 CreateTargetGroup": [
        {"Name": "web", "Port": 0, "HealthCheckIntervalSeconds": 4, "Matcher": {"HTTPCode": 200}},
        {},
    ],
    "elbv2 CreateRule": [{"ListenerArn": "a", "Conditions": [{}], "Priority": 0, "Actions": [{}]}],
    "application-autoscaling PutScalingPolicy": [
        {},
        {
            "PolicyName": "p",
            "ServiceNamespace": "ecs",
            "ResourceId": "service/dock/web",
            "ScalableDimension": "ecs:service:DesiredCount",
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": "60",
                "ScaleInCooldown": 1.5,
            },
        },
    ],
    "application-autoscaling PutScheduledAction": [
        {
            "ServiceNamespace": "ecs",
            "ScheduledActionName": "a",
            "ResourceId": "r",
            "ScalableDimension": "d",
            "StartTime": start,
        }
        for start in (
            "2026-01-05T09:00:00Z",
            "2026-01-05T09:00:00.5+01:00",
            "2026-01-05 09:00",
            "2026-01-05",
            "1767603600",
            1767603600,
            1767603600.5,
            "soon",
            "2026-13-05",
            "2026-02-29",
            "2028-02-29",
            "2100-02-29",
            "2026-04-31",
            "2026-01-05T25:00:00Z",
            "2026-01-05T09:60Z",
            "2026-01-05T09:00:61Z",
            "2026-01-05T09:00:00-0730",
            "2026-01-05T09:00:00+01",
            "",
            None,
            [],
            {},
        )
    ],
    "cloudwatch PutMetricData": [
        {"Namespace": "N", "MetricData": [{}]},
        {**METRIC, "EntityMetricData": [{"MetricData": [{"MetricName": "m", "Value": "1"}]}]},
        {"Namespace": "N", "MetricData": [{"MetricName": "m", "Values": [1, 2.5, True, "3"]}]},
        {"Namespace": "N", "MetricData": [{"MetricName": "m", "StorageResolution": 0}]},
        {"Namespace": "N", "MetricData": [{"MetricName": "m", "Dimensions": [{"Name": ""}]}]},
    ],
    "cloudwatch PutMetricAlarm": [
        {"AlarmName": "a", "EvaluationCriteria": {}},
        {"AlarmName": "a", "EvaluationCriteria": {"PromQLCriteria": {}, "b": 1}},
        {"AlarmName": "a", "EvaluationCriteria": {"c": {}}},
        {"AlarmName": "a", "EvaluationPeriods": 0, "Period": -3, "Threshold": [1]},
    ],
    "ecr UploadLayerPart": [
        {"repositoryName": "w", "uploadId": "u", "partFirstByte": -1, "layerPartBlob": 5},
        {"repositoryName": "web", "uploadId": "u", "partFirstByte": 0, "partLastByte": 1,
         "layerPartBlob": "QQ=="},
    ],
    "ecr BatchGetImage": [{"repositoryName": "web", "imageIds": []}],
    "eks CreateNodegroup": [
        {"clusterName": "a", "scalingConfig": {"minSize": -1, "maxSize": 0}, "labels": {"": ""}},
    ],
    "dynamodb PutItem": [
        {"TableName": "t", "Item": {"id": {"S": 1}, "b": {"B": "QQ=="}, "l": {"L": [{"N": 1}]}}},
        {"TableName": "t", "Item": {"id": {"M": {"a": {"Q": 1}}}}},
    ],
    "secretsmanager GetSecretValue": [{}, {"SecretId": ""}],
}


def main():
    loader = botocore.session.get_session().get_component("data_loader")
    cases = []
    for key, inputs in CASES.items():
        name, operation = key.split()
        model = ServiceModel(loader.load_service_model(name, "service-2"), name)
        shape = model.operation_model(operation).input_shape
        for given in inputs:
            message = said(given, shape)
            cases.append(dict(service=name, operation=operation, input=given, message=message))
    text = "[\n" + ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases) + "\n]\n"
    if "--check" in sys.argv[1:]:
        sys.exit(0 if FILE.exists() and FILE.read_text() == text else f"{FILE.name} is stale")
    FILE.write_text(text)
    print(f"{len(cases)} inputs, {sum(c['message'] is not None for c in cases)} of them wrong")


def said(given, shape):
    try:
        validate_parameters(given, shape)
    except ParamValidationError as error:
        return str(error)
    return None


if __name__ == "__main__":
    main()
