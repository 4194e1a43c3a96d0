//! Words, the words that are not `aws`, and what becomes of a call.

use expect_test::expect;

use crate::cli_support::check;

#[test]
fn a_call_and_its_answer() {
    check(
        "aws ecs create-cluster --cluster-name quay",
        expect![[r#"
            $ aws ecs create-cluster --cluster-name quay
            {
                "cluster": {
                    "clusterArn": "arn:aws:ecs:us-east-1:111122223333:cluster/quay",
                    "clusterName": "quay",
                    "status": "ACTIVE",
                    "registeredContainerInstancesCount": 0,
                    "runningTasksCount": 0,
                    "pendingTasksCount": 0,
                    "activeServicesCount": 0,
                    "statistics": [],
                    "tags": [],
                    "settings": [
                        {
                            "name": "containerInsights",
                            "value": "disabled"
                        }
                    ],
                    "capacityProviders": [],
                    "defaultCapacityProviderStrategy": []
                }
            }
        "#]],
    );
    check(
        "aws ecs list-clusters\naws ecs create-cluster\naws ecs list-clusters",
        expect![[r#"
        $ aws ecs list-clusters
        {
            "clusterArns": []
        }
        $ aws ecs create-cluster
        {
            "cluster": {
                "clusterArn": "arn:aws:ecs:us-east-1:111122223333:cluster/default",
                "clusterName": "default",
                "status": "ACTIVE",
                "registeredContainerInstancesCount": 0,
                "runningTasksCount": 0,
                "pendingTasksCount": 0,
                "activeServicesCount": 0,
                "statistics": [],
                "tags": [],
                "settings": [
                    {
                        "name": "containerInsights",
                        "value": "disabled"
                    }
                ],
                "capacityProviders": [],
                "defaultCapacityProviderStrategy": []
            }
        }
        $ aws ecs list-clusters
        {
            "clusterArns": [
                "arn:aws:ecs:us-east-1:111122223333:cluster/default"
            ]
        }
    "#]],
    );
}

#[test]
fn a_service_refuses() {
    check(
        "aws ecs delete-cluster --cluster gone",
        expect![[r#"
        $ aws ecs delete-cluster --cluster gone

        An error occurred (ClusterNotFoundException) when calling the DeleteCluster operation: Cluster not found.
        [254]
    "#]],
    );
}

#[test]
fn words_are_cut_as_bash_cuts_them() {
    check(
        "aws ecs list-clusters # all of them\n\n# nothing here\naws ecs \\\n  list-clusters",
        expect![[r#"
            $ aws ecs list-clusters # all of them
            {
                "clusterArns": []
            }
            $ aws ecs \
              list-clusters
            {
                "clusterArns": []
            }
        "#]],
    );
    check(
        "aws ecs describe-clusters --clusters 'a b'\"c\"$'\\x64'\\ e",
        expect![[r#"
            $ aws ecs describe-clusters --clusters 'a b'"c"$'\x64'\ e
            {
                "clusters": [],
                "failures": [
                    {
                        "arn": "arn:aws:ecs:us-east-1:111122223333:cluster/a bcd e",
                        "reason": "MISSING"
                    }
                ]
            }
        "#]],
    );
}

#[test]
fn what_a_shell_does_beyond_words() {
    check(
        "aws ecs list-clusters | jq .\necho $HOME\necho $(date)\necho \"`date`\"\necho 'open",
        expect![[r#"
        $ aws ecs list-clusters | jq .
        This terminal runs one command a line: pipes, `;`, `&` and redirections are not part of it. `--query` picks values out of an answer.
        [2]
        $ echo $HOME
        This terminal has no variables. Between single quotes a `$` is only a `$`.
        [2]
        $ echo $(date)
        `$(…)`, `(…)` and backticks run a command inside a command, which this terminal does not do.
        [2]
        $ echo "`date`"
        Inside double quotes a backtick starts a command in a real shell. Put the text between single quotes.
        [2]
        $ echo 'open
        A quote is opened and not closed.
        [2]
    "#]],
    );
}

#[test]
fn other_words() {
    check(
        "ls\nwait\nwait soon\nwait 90s\nsettle\nwait 100h\nfault x",
        expect![[r#"
            $ ls
            Dockerfile
            Dockerfile.old
            ec2-trust.json
            ecs-tasks-trust.json
            fargate-task.json
            task.json
            user-data.sh
            $ wait
            usage: wait 90s
            [2]
            $ wait soon
            `soon` is not a length of time; write a whole number and ms, s, m or h, such as 90s
            [2]
            $ wait 90s
            $ settle
            $ wait 100h
            Time passes by a day at most at once: 24h.
            [2]
            $ fault x
            There is no fault `x`.
            fault stop-instance <instance>                                  An EC2 instance stops, as if its hardware had failed.
            fault lose-zone <zone>                                          An Availability Zone fails.
            fault restore-zone <zone>                                       A failed Availability Zone works again.
            fault disconnect-agent <instance>                               The ECS agent of an instance loses its connection.
            fault connect-agent <instance>                                  The ECS agent of an instance is connected again.
            fault block-registry                                            No image can be pulled.
            fault unblock-registry                                          Images can be pulled again.
            fault app <task> <behaviour>                                    A task's application does one of: crash, exit, slow, leak, unhealthy, recover.
            fault load <service> <cpuPercent> [memoryPercent] [cluster]     What the tasks of a service use now, in percent.
            fault traffic <loadBalancer> <requestsPerSecond> [path] [host]  Clients send requests to a load balancer; 0 a second ends it.
            fault interrupt-spot <task>                                     Spot capacity is taken back: a task has two minutes left.
            [2]
        "#]],
    );
}

#[test]
fn usage_errors() {
    check(
        "aws",
        expect![[r#"
            $ aws

            <usage>

            aws: error: the following arguments are required: command

            [252]
        "#]],
    );
    check(
        "aws ecs",
        expect![[r#"
            $ aws ecs

            <usage>

            aws: error: the following arguments are required: operation

            [252]
        "#]],
    );
    check(
        "aws ecs list-cluster",
        expect![[r#"
            $ aws ecs list-cluster

            <usage>

            aws: error: argument operation: Invalid choice, valid choices are:

            create-capacity-provider                 | create-cluster                          
            create-service                           | delete-capacity-provider                
            delete-cluster                           | delete-service                          
            deregister-container-instance            | deregister-task-definition              
            describe-capacity-providers              | describe-clusters                       
            describe-container-instances             | describe-services                       
            describe-task-definition                 | describe-tasks                          
            execute-command                          | list-attributes                         
            list-clusters                            | list-container-instances                
            list-services                            | list-tags-for-resource                  
            list-task-definition-families            | list-task-definitions                   
            list-tasks                               | put-attributes                          
            put-cluster-capacity-providers           | register-container-instance             
            register-task-definition                 | run-task                                
            start-task                               | stop-task                               
            tag-resource                             | untag-resource                          
            update-container-instances-state         | update-service                          
            wait                                     | help                                    


            Invalid choice: 'list-cluster', maybe you meant:

              * list-clusters

            Of all that AWS has, this terminal knows what stands in the list above.
            [252]
        "#]],
    );
    check(
        "aws ecs delete-cluster",
        expect![[r#"
            $ aws ecs delete-cluster

            <usage>

            aws: error: the following arguments are required: --cluster

            [252]
        "#]],
    );
    check(
        "aws ecs delete-cluster --cluster",
        expect![[r#"
            $ aws ecs delete-cluster --cluster

            <usage>

            aws: error: argument --cluster: expected one argument

            [252]
        "#]],
    );
    check(
        "aws ecs delete-cluster --cluster a --foo b c",
        expect![[r#"
            $ aws ecs delete-cluster --cluster a --foo b c

            <usage>

            Unknown options: --foo, c, b

            [252]
        "#]],
    );
    check(
        "aws ecs run-task --task-definition a --count x",
        expect![[r#"
        $ aws ecs run-task --task-definition a --count x

        invalid literal for int() with base 10: 'x'
        [255]
    "#]],
    );
    check(
        "aws ecs run-task --task-definition a --c x",
        expect![[r#"
            $ aws ecs run-task --task-definition a --c x

            <usage>

            aws: error: ambiguous option: --c could match --color, --ca-bundle, --cli-read-timeout, --cli-connect-timeout, --cli-binary-format, --cli-auto-prompt

            [252]
        "#]],
    );
    check(
        "aws ecs list-clusters --max-items x",
        expect![[r#"
            $ aws ecs list-clusters --max-items x

            <usage>

            aws: error: argument --max-items: invalid int value: 'x'

            [252]
        "#]],
    );
}

#[test]
fn files_in_buckets() {
    check(
        "aws s3 ls\naws s3api put-object --bucket harbor-cargo --key docs/task.json --body task.json\naws s3 ls harbor-cargo\n\
         aws s3 ls s3://harbor-cargo/docs/\naws s3api get-object --bucket harbor-cargo --key docs/task.json --output text /dev/stdout\n\
         aws s3api get-object --bucket harbor-cargo --key docs/task.json --query ETag here.json\n\
         aws s3api put-object --bucket harbor-cargo --key x --body none\naws s3 cp a b\naws s3 ls help",
        expect![[r#"
            $ aws s3 ls
            2026-01-05 09:00:00 harbor-cargo
            2026-01-05 09:00:00 harbor-ledger
            $ aws s3api put-object --bucket harbor-cargo --key docs/task.json --body task.json
            {
                "ETag": "\"bff173d9ddb9e37c3b30518367c7a0e5\"",
                "ServerSideEncryption": "AES256"
            }
            $ aws s3 ls harbor-cargo
                                       PRE docs/
                                       PRE manifests/
            2026-01-05 09:00:00         18 crane.txt
            $ aws s3 ls s3://harbor-cargo/docs/
            2026-01-05 09:00:00        289 task.json
            $ aws s3api get-object --bucket harbor-cargo --key docs/task.json --output text /dev/stdout
            {
                "family": "web",
                "containerDefinitions": [
                    {
                        "name": "web",
                        "image": "nginx",
                        "cpu": 128,
                        "memory": 256,
                        "essential": true,
                        "portMappings": [{ "containerPort": 80, "hostPort": 0 }]
                    }
                ]
            }
            bytes	289	binary/octet-stream	"bff173d9ddb9e37c3b30518367c7a0e5"	2026-01-05T09:00:00+00:00	AES256
            $ aws s3api get-object --bucket harbor-cargo --key docs/task.json --query ETag here.json
            "\"bff173d9ddb9e37c3b30518367c7a0e5\""
            This terminal keeps no files. `/dev/stdout` shows what was read.
            $ aws s3api put-object --bucket harbor-cargo --key x --body none

            Error parsing parameter '--body': Blob values must be a path to a file.
            [252]
            $ aws s3 cp a b

            <usage>

            aws: error: argument subcommand: Invalid choice, valid choices are:

            ls                                       | help                                    

            Of all that AWS has, this terminal knows what stands in the list above.
            [252]
            $ aws s3 ls help
            NAME
                   s3 ls - Lists buckets, or what is in one: `aws s3 ls s3://bucket/folder/`.
        "#]],
    );
}
