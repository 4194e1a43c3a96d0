//! What a call needs to be allowed: the IAM action of each operation and the resources it is about.
//!
//! Source: Service Authorization Reference. An operation that is not listed is about no resource
//! that IAM could name: its resource is `*`.

/// A service in IAM's words.
#[derive(Debug)]
pub struct Service {
    /// Its name on the command line.
    pub name: &'static str,
    /// The start of its actions and of its ARNs.
    pub prefix: &'static str,
    /// Where its resources live.
    pub place: Place,
    /// Operations with the resources they are about. `{name}` takes a member of the request,
    /// `{name=x}` says what an absent one means, `{names[]}` makes a resource of each item. A
    /// member that is an ARN is the whole resource.
    pub operations: &'static [(&'static str, &'static [&'static str])],
}

/// What stands in an ARN between the service and the resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Region and account.
    Regional,
    /// The account.
    Global,
    /// Nothing: bucket names are unique in the world.
    World,
}

/// A service by its name on the command line.
pub fn service(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// The IAM action of an operation, where it has another name than the operation.
pub fn action_name(service: &str, operation: &'_ str) -> Option<&'static str> {
    match (service, operation) {
        ("s3", "ListBuckets") => Some("ListAllMyBuckets"),
        ("s3", "ListObjectsV2") => Some("ListBucket"),
        _ => None,
    }
}

/// Members of a request that name a role which the call passes on, and the service that gets it.
pub const PASSED: &[(&str, &str, &str, &str)] = &[
    ("ecs", "RegisterTaskDefinition", "taskRoleArn", TASKS),
    ("ecs", "RegisterTaskDefinition", "executionRoleArn", TASKS),
    ("ecs", "RunTask", "overrides.taskRoleArn", TASKS),
    ("ecs", "RunTask", "overrides.executionRoleArn", TASKS),
    ("ecs", "StartTask", "overrides.taskRoleArn", TASKS),
    ("ecs", "StartTask", "overrides.executionRoleArn", TASKS),
    ("ecs", "CreateService", "role", "ecs.amazonaws.com"),
    ("iam", "AddRoleToInstanceProfile", "RoleName", INSTANCE),
    ("application-autoscaling", "RegisterScalableTarget", "RoleARN", SCALING),
    ("eks", "CreateCluster", "roleArn", "eks.amazonaws.com"),
    ("eks", "CreateNodegroup", "nodeRole", "eks.amazonaws.com"),
    ("eks", "CreateFargateProfile", "podExecutionRoleArn", "eks.amazonaws.com"),
    ("eks", "CreatePodIdentityAssociation", "roleArn", "pods.eks.amazonaws.com"),
    (
        "apprunner",
        "CreateService",
        "SourceConfiguration.AuthenticationConfiguration.AccessRoleArn",
        "build.apprunner.amazonaws.com",
    ),
    (
        "apprunner",
        "CreateService",
        "InstanceConfiguration.InstanceRoleArn",
        "tasks.apprunner.amazonaws.com",
    ),
];

/// Who assumes task roles and task execution roles.
pub const TASKS: &str = "ecs-tasks.amazonaws.com";
/// Who assumes the roles of instances.
pub const INSTANCE: &str = "ec2.amazonaws.com";
const SCALING: &str = "application-autoscaling.amazonaws.com";

const CLUSTER: &[&str] = &["cluster/{cluster=default}"];
const HOST: &[&str] = &["container-instance/{cluster=default}/{containerInstance}"];
const HOSTS: &[&str] = &["container-instance/{cluster=default}/{containerInstances[]}"];
const REPOSITORY: &[&str] = &["repository/{repositoryName}"];
const ROLE: &[&str] = &["role/{RoleName}"];
const INSTANCES: &[&str] = &["instance/{InstanceIds[]}"];
const GROUP: &[&str] = &["autoScalingGroup:*:autoScalingGroupName/{AutoScalingGroupName}"];
const TARGET_GROUP: &[&str] = &["{TargetGroupArn}"];
const LOG_GROUP: &[&str] = &["log-group:{logGroupName}:*"];
const APP: &[&str] = &["{ServiceArn}"];

const SERVICES: &[Service] = &[
    Service {
        name: "ecs",
        prefix: "ecs",
        place: Place::Regional,
        operations: &[
            ("CreateCluster", &["cluster/{clusterName=default}"]),
            ("DescribeClusters", &["cluster/{clusters[]=default}"]),
            ("DeleteCluster", CLUSTER),
            ("UpdateCluster", CLUSTER),
            ("PutClusterCapacityProviders", CLUSTER),
            ("CreateCapacityProvider", &["capacity-provider/{name}"]),
            ("DescribeCapacityProviders", &["capacity-provider/{capacityProviders[]=*}"]),
            ("DeleteCapacityProvider", &["capacity-provider/{capacityProvider}"]),
            ("UpdateCapacityProvider", &["capacity-provider/{name}"]),
            ("RegisterTaskDefinition", &["task-definition/{family}:*"]),
            ("CreateService", &["service/{cluster=default}/{serviceName}"]),
            ("UpdateService", &["service/{cluster=default}/{service}"]),
            ("DeleteService", &["service/{cluster=default}/{service}"]),
            ("DescribeServices", &["service/{cluster=default}/{services[]}"]),
            ("RunTask", &["task-definition/{taskDefinition}"]),
            ("StartTask", &["task-definition/{taskDefinition}"]),
            ("StopTask", &["task/{cluster=default}/{task}"]),
            ("DescribeTasks", &["task/{cluster=default}/{tasks[]}"]),
            ("ListTasks", HOST),
            ("RegisterContainerInstance", CLUSTER),
            ("DeregisterContainerInstance", CLUSTER),
            ("ListContainerInstances", CLUSTER),
            ("DescribeContainerInstances", HOSTS),
            ("UpdateContainerInstancesState", HOSTS),
            ("PutAttributes", &["container-instance/{cluster=default}/*"]),
            ("ListAttributes", CLUSTER),
            ("TagResource", &["{resourceArn}"]),
            ("UntagResource", &["{resourceArn}"]),
            ("ListTagsForResource", &["{resourceArn}"]),
            ("ExecuteCommand", &["cluster/{cluster=default}", "task/{cluster=default}/{task}"]),
        ],
    },
    Service {
        name: "ec2",
        prefix: "ec2",
        place: Place::Regional,
        operations: &[
            (
                "RunInstances",
                &[
                    "instance/*",
                    "arn:aws:ec2:us-east-1::image/{ImageId}",
                    "subnet/{SubnetId}",
                    "security-group/{SecurityGroupIds[]}",
                    "network-interface/*",
                    "volume/*",
                ],
            ),
            ("StopInstances", INSTANCES),
            ("StartInstances", INSTANCES),
            ("TerminateInstances", INSTANCES),
            ("ModifyInstanceMetadataOptions", &["instance/{InstanceId}"]),
            ("ModifyInstanceAttribute", &["instance/{InstanceId}"]),
            ("CreateLaunchTemplate", &["launch-template/*"]),
            ("CreateNatGateway", &["natgateway/*", "subnet/{SubnetId}"]),
            ("DeleteNatGateway", &["natgateway/{NatGatewayId}"]),
            ("CreateRoute", &["route-table/{RouteTableId}"]),
            ("DeleteRoute", &["route-table/{RouteTableId}"]),
            ("CreateSecurityGroup", &["security-group/*", "vpc/{VpcId}"]),
            ("AuthorizeSecurityGroupIngress", &["security-group/{GroupId}"]),
            ("AuthorizeSecurityGroupEgress", &["security-group/{GroupId}"]),
            ("RevokeSecurityGroupIngress", &["security-group/{GroupId}"]),
            ("RevokeSecurityGroupEgress", &["security-group/{GroupId}"]),
            ("CreateVpcEndpoint", &["vpc-endpoint/*", "vpc/{VpcId}"]),
            ("DeleteVpcEndpoints", &["vpc-endpoint/{VpcEndpointIds[]}"]),
            ("AllocateAddress", &["elastic-ip/*"]),
            ("ReleaseAddress", &["elastic-ip/{AllocationId}"]),
        ],
    },
    Service {
        name: "autoscaling",
        prefix: "autoscaling",
        place: Place::Regional,
        operations: &[
            ("CreateAutoScalingGroup", GROUP),
            ("UpdateAutoScalingGroup", GROUP),
            ("SetDesiredCapacity", GROUP),
            ("DeleteAutoScalingGroup", GROUP),
            ("TerminateInstanceInAutoScalingGroup", &["autoScalingGroup:*:autoScalingGroupName/*"]),
        ],
    },
    Service {
        name: "iam",
        prefix: "iam",
        place: Place::Global,
        operations: &[
            ("CreateRole", ROLE),
            ("GetRole", ROLE),
            ("ListRoles", &["role/"]),
            ("DeleteRole", ROLE),
            ("UpdateAssumeRolePolicy", ROLE),
            ("CreatePolicy", &["policy/{PolicyName}"]),
            ("GetPolicy", &["{PolicyArn}"]),
            ("AttachRolePolicy", ROLE),
            ("DetachRolePolicy", ROLE),
            ("ListAttachedRolePolicies", ROLE),
            ("PutRolePolicy", ROLE),
            ("GetRolePolicy", ROLE),
            ("ListRolePolicies", ROLE),
            ("DeleteRolePolicy", ROLE),
            ("CreateInstanceProfile", &["instance-profile/{InstanceProfileName}"]),
            ("GetInstanceProfile", &["instance-profile/{InstanceProfileName}"]),
            ("AddRoleToInstanceProfile", &["instance-profile/{InstanceProfileName}"]),
            ("SimulatePrincipalPolicy", &["{PolicySourceArn}"]),
        ],
    },
    Service {
        name: "sts",
        prefix: "sts",
        place: Place::Regional,
        operations: &[("AssumeRole", &["{RoleArn}"])],
    },
    Service {
        name: "elbv2",
        prefix: "elasticloadbalancing",
        place: Place::Regional,
        operations: &[
            ("CreateLoadBalancer", &["loadbalancer/app/{Name}/*"]),
            ("DeleteLoadBalancer", &["{LoadBalancerArn}"]),
            ("CreateTargetGroup", &["targetgroup/{Name}/*"]),
            ("ModifyTargetGroup", TARGET_GROUP),
            ("ModifyTargetGroupAttributes", TARGET_GROUP),
            ("DeleteTargetGroup", TARGET_GROUP),
            ("RegisterTargets", TARGET_GROUP),
            ("DeregisterTargets", TARGET_GROUP),
            ("CreateListener", &["{LoadBalancerArn}"]),
            ("ModifyListener", &["{ListenerArn}"]),
            ("DeleteListener", &["{ListenerArn}"]),
            ("CreateRule", &["{ListenerArn}"]),
            ("ModifyRule", &["{RuleArn}"]),
            ("DeleteRule", &["{RuleArn}"]),
        ],
    },
    Service {
        name: "application-autoscaling",
        prefix: "application-autoscaling",
        place: Place::Regional,
        operations: &[
            ("RegisterScalableTarget", &["scalable-target/*"]),
            ("DeregisterScalableTarget", &["scalable-target/*"]),
            ("PutScalingPolicy", &["scalable-target/*"]),
            ("DeleteScalingPolicy", &["scalable-target/*"]),
            ("PutScheduledAction", &["scalable-target/*"]),
            ("DeleteScheduledAction", &["scalable-target/*"]),
        ],
    },
    Service {
        name: "cloudwatch",
        prefix: "cloudwatch",
        place: Place::Regional,
        operations: &[
            ("DescribeAlarms", &["alarm:{AlarmNames[]=*}"]),
            ("PutMetricAlarm", &["alarm:{AlarmName}"]),
            ("DeleteAlarms", &["alarm:{AlarmNames[]}"]),
        ],
    },
    Service {
        name: "logs",
        prefix: "logs",
        place: Place::Regional,
        operations: &[
            ("CreateLogGroup", LOG_GROUP),
            ("DescribeLogGroups", &["log-group:*"]),
            ("DescribeLogStreams", LOG_GROUP),
            ("FilterLogEvents", LOG_GROUP),
            ("GetLogEvents", &["log-group:{logGroupName}:log-stream:{logStreamName}"]),
        ],
    },
    Service { name: "cloudtrail", prefix: "cloudtrail", place: Place::Regional, operations: &[] },
    Service {
        name: "ecr",
        prefix: "ecr",
        place: Place::Regional,
        operations: &[
            ("CreateRepository", REPOSITORY),
            ("DescribeRepositories", &["repository/{repositoryNames[]=*}"]),
            ("DeleteRepository", REPOSITORY),
            ("DescribeImages", REPOSITORY),
            ("ListImages", REPOSITORY),
            ("BatchDeleteImage", REPOSITORY),
            ("BatchCheckLayerAvailability", REPOSITORY),
            ("InitiateLayerUpload", REPOSITORY),
            ("UploadLayerPart", REPOSITORY),
            ("CompleteLayerUpload", REPOSITORY),
            ("PutImage", REPOSITORY),
            ("BatchGetImage", REPOSITORY),
            ("GetDownloadUrlForLayer", REPOSITORY),
            ("PutLifecyclePolicy", REPOSITORY),
            ("GetLifecyclePolicy", REPOSITORY),
            ("StartLifecyclePolicyPreview", REPOSITORY),
            ("GetLifecyclePolicyPreview", REPOSITORY),
            ("SetRepositoryPolicy", REPOSITORY),
            ("GetRepositoryPolicy", REPOSITORY),
            ("PutImageTagMutability", REPOSITORY),
            ("StartImageScan", REPOSITORY),
            ("DescribeImageScanFindings", REPOSITORY),
        ],
    },
    Service {
        name: "eks",
        prefix: "eks",
        place: Place::Regional,
        operations: &[
            ("CreateCluster", &["cluster/{name}"]),
            ("DescribeCluster", &["cluster/{name}"]),
            ("DeleteCluster", &["cluster/{name}"]),
            ("CreateNodegroup", &["cluster/{clusterName}"]),
            ("DescribeNodegroup", &["nodegroup/{clusterName}/{nodegroupName}/*"]),
            ("ListNodegroups", &["cluster/{clusterName}"]),
            ("UpdateNodegroupConfig", &["nodegroup/{clusterName}/{nodegroupName}/*"]),
            ("DeleteNodegroup", &["nodegroup/{clusterName}/{nodegroupName}/*"]),
            ("CreateFargateProfile", &["cluster/{clusterName}"]),
            ("DescribeFargateProfile", &["fargateprofile/{clusterName}/{fargateProfileName}/*"]),
            ("ListFargateProfiles", &["cluster/{clusterName}"]),
            ("CreatePodIdentityAssociation", &["cluster/{clusterName}"]),
            ("ListPodIdentityAssociations", &["cluster/{clusterName}"]),
        ],
    },
    Service {
        name: "apprunner",
        prefix: "apprunner",
        place: Place::Regional,
        operations: &[
            ("CreateService", &["service/{ServiceName}/*"]),
            ("DescribeService", APP),
            ("UpdateService", APP),
            ("DeleteService", APP),
            ("PauseService", APP),
            ("ResumeService", APP),
            ("StartDeployment", APP),
            ("ListOperations", APP),
            (
                "CreateAutoScalingConfiguration",
                &["autoscalingconfiguration/{AutoScalingConfigurationName}/*"],
            ),
            ("DescribeAutoScalingConfiguration", &["{AutoScalingConfigurationArn}"]),
            ("CreateVpcConnector", &["vpcconnector/{VpcConnectorName}/*"]),
        ],
    },
    Service {
        name: "s3",
        prefix: "s3",
        place: Place::World,
        operations: &[
            ("ListObjectsV2", &["{Bucket}"]),
            ("GetObject", &["{Bucket}/{Key}"]),
            ("PutObject", &["{Bucket}/{Key}"]),
        ],
    },
    Service {
        name: "dynamodb",
        prefix: "dynamodb",
        place: Place::Regional,
        operations: &[("GetItem", &["table/{TableName}"]), ("PutItem", &["table/{TableName}"])],
    },
    Service {
        name: "secretsmanager",
        prefix: "secretsmanager",
        place: Place::Regional,
        operations: &[("GetSecretValue", &["secret:{SecretId}"])],
    },
];
