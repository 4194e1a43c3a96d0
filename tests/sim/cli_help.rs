//! Help pages.

use expect_test::expect;

use crate::cli_support::check;

#[test]
fn pages() {
    check(
        "aws help",
        expect![[r#"
            $ aws help
            NAME
                   aws - the AWS Command Line Interface, for one simulated account

            SYNOPSIS
                   aws [options] <command> <subcommand> [parameters]

            GLOBAL OPTIONS
                   --debug                      Accepted; there is nothing to debug here.
                   --endpoint-url <value>       Refused: the simulated account has no other address.
                   --no-verify-ssl              Accepted without effect.
                   --no-paginate                Asks for one page only.
                   --output <value>             How to print: json, text, table, yaml or yaml-stream.
                   --query <value>              A JMESPath expression that picks out of the answer.
                   --profile <value>            Only `default` exists.
                   --region <value>             Only us-east-1 is simulated.
                   --version                    Prints the version.
                   --color <value>              Accepted; tables have no colours here.
                   --no-sign-request            Accepted without effect.
                   --ca-bundle <value>          Accepted without effect.
                   --cli-read-timeout <value>   Accepted without effect.
                   --cli-connect-timeout <value> Accepted without effect.
                   --cli-binary-format <value>  How bytes are given: base64 or raw-in-base64-out.
                   --no-cli-pager               Accepted; there is no pager here.
                   --cli-auto-prompt            Accepted without effect.
                   --no-cli-auto-prompt         Accepted without effect.

            AVAILABLE SERVICES
                   application-autoscaling      Changes the number of tasks of a service by itself.
                   apprunner                    Runs a web service from an image, with nothing else to set up.
                   autoscaling                  Keeps groups of EC2 instances at a wanted number.
                   cloudtrail                   Remembers who called what.
                   cloudwatch                   Keeps metrics, and raises alarms.
                   dynamodb                     A database of tables with items.
                   ec2                          Virtual machines, and the networks they are in.
                   ecr                          Keeps container images.
                   ecs                          Runs containers: as single tasks, and as services that keep them running.
                   eks                          Runs Kubernetes.
                   elbv2                        Load balancers: they pass requests on to targets.
                   iam                          Says who may do what.
                   logs                         Keeps what containers write.
                   s3api                        Keeps files in buckets.
                   secretsmanager               Keeps passwords and other secrets.
                   sts                          Gives out credentials for a while, and says whose they are.
                   s3                           Lists buckets and objects: `aws s3 ls`.
                   help                         Prints this page; also behind a command or subcommand.
        "#]],
    );
    check(
        "aws ecs help",
        expect![[r#"
        $ aws ecs help
        NAME
               ecs - Runs containers: as single tasks, and as services that keep them running.

        AVAILABLE COMMANDS
               create-capacity-provider             Makes a capacity provider from an Auto Scaling group.
               create-cluster                       Makes a cluster: a name for tasks, services and capacity that belong together.
               create-service                       Makes a service: it keeps a number of tasks running.
               delete-capacity-provider             Deletes a capacity provider.
               delete-cluster                       Deletes a cluster that nothing runs in.
               delete-service                       Deletes a service.
               deregister-container-instance        Takes an instance out of a cluster.
               deregister-task-definition           Marks a revision as one that nothing new is made from.
               describe-capacity-providers          Shows capacity providers.
               describe-clusters                    Shows clusters.
               describe-container-instances         Shows a cluster's instances with what is free on them.
               describe-services                    Shows services with their deployments and events.
               describe-task-definition             Shows a task definition.
               describe-tasks                       Shows tasks with their containers.
               execute-command                      Runs a command in a container.
               list-attributes                      Lists the attributes of a cluster's instances.
               list-clusters                        Lists the clusters.
               list-container-instances             Lists the instances of a cluster.
               list-services                        Lists the services of a cluster.
               list-tags-for-resource               Lists the tags of something.
               list-task-definition-families        Lists the names of task definitions.
               list-task-definitions                Lists the revisions of task definitions.
               list-tasks                           Lists the tasks of a cluster.
               put-attributes                       Gives instances attributes for placement constraints.
               put-cluster-capacity-providers       Says which capacity providers a cluster uses.
               register-container-instance          Adds an instance to a cluster: the ECS agent calls this.
               register-task-definition             Writes down what a task is made of; each time a new revision.
               run-task                             Starts tasks that belong to no service, where ECS finds a place for them.
               start-task                           Starts a task on instances that you name.
               stop-task                            Stops a task.
               tag-resource                         Puts tags on something.
               untag-resource                       Takes tags off something.
               update-container-instances-state     Sets instances to DRAINING or back to ACTIVE.
               update-service                       Changes a service; another task definition begins a deployment.
               wait                                 Waits until something has reached a state.
               help                                 Prints this page.

        AVAILABLE WAITERS
               wait services-inactive
               wait services-stable
               wait tasks-running
               wait tasks-stopped
    "#]],
    );
    check(
        "aws ecs stop-task help",
        expect![[r#"
        $ aws ecs stop-task help
        NAME
               stop-task - Stops a task.

        SYNOPSIS
               stop-task
                 [--cluster <value>]
                 --task <value>
                 [--reason <value>]
                 [--cli-input-json <value>]
                 [--generate-cli-skeleton <value>]

        OPTIONS
               --cluster (string)
               --task (string)
               --reason (string)
               --cli-input-json (string)
                   All parameters as JSON, or file://…; a flag wins over it.
               --generate-cli-skeleton (string)
                   Prints the shape of the input, or of the output.
    "#]],
    );
    check(
        "aws ecs run-task help",
        expect![[r#"
        $ aws ecs run-task help
        NAME
               run-task - Starts tasks that belong to no service, where ECS finds a place for them.

        SYNOPSIS
               run-task
                 [--capacity-provider-strategy <value>]
                 [--cluster <value>]
                 [--count <value>]
                 [--enable-ecs-managed-tags | --no-enable-ecs-managed-tags]
                 [--enable-execute-command | --disable-execute-command]
                 [--group <value>]
                 [--launch-type <value>]
                 [--network-configuration <value>]
                 [--overrides <value>]
                 [--placement-constraints <value>]
                 [--placement-strategy <value>]
                 [--platform-version <value>]
                 [--propagate-tags <value>]
                 [--reference-id <value>]
                 [--started-by <value>]
                 [--tags <value>]
                 --task-definition <value>
                 [--client-token <value>]
                 [--volume-configurations <value>]
                 [--cli-input-json <value>]
                 [--generate-cli-skeleton <value>]

        OPTIONS
               --capacity-provider-strategy (list)
                   Shorthand: capacityProvider=string,weight=integer,base=integer …
               --cluster (string)
               --count (integer)
               --enable-ecs-managed-tags (boolean)
               --enable-execute-command (boolean)
               --group (string)
               --launch-type (string)
                   One of: EC2, FARGATE, EXTERNAL, MANAGED_INSTANCES
               --network-configuration (structure)
                   Shorthand: awsvpcConfiguration={subnets=[string],securityGroups=[string],assignPublicIp=ENABLED|DISABLED}
               --overrides (structure)
                   Shorthand: containerOverrides=[{name=string,command=[string],environment=[…],environmentFiles=[…],cpu=integer,memory=integer,memoryReservation=integer,resourceRequirements=[…]}],cpu=string,inferenceAcceleratorOverrides=[{deviceName=string,deviceType=string}],executionRoleArn=string,memory=string,taskRoleArn=string,ephemeralStorage={sizeInGiB=integer}
               --placement-constraints (list)
                   Shorthand: type=distinctInstance|memberOf,expression=string …
               --placement-strategy (list)
                   Shorthand: type=random|spread|binpack,field=string …
               --platform-version (string)
               --propagate-tags (string)
                   One of: TASK_DEFINITION, SERVICE, NONE
               --reference-id (string)
               --started-by (string)
               --tags (list)
                   Shorthand: key=string,value=string …
               --task-definition (string)
               --client-token (string)
               --volume-configurations (list)
                   Shorthand: name=string,managedEBSVolume={encrypted=boolean,kmsKeyId=string,volumeType=string,sizeInGiB=integer,snapshotId=string,volumeInitializationRate=integer,iops=integer,throughput=integer,tagSpecifications=[{resourceType=volume,tags=…,propagateTags=TASK_DEFINITION|SERVICE|NONE}],roleArn=string,terminationPolicy={deleteOnTermination=boolean},filesystemType=ext3|ext4|xfs|ntfs} …
               --cli-input-json (string)
                   All parameters as JSON, or file://…; a flag wins over it.
               --generate-cli-skeleton (string)
                   Prints the shape of the input, or of the output.
    "#]],
    );
    check(
        "aws ec2 describe-instances help",
        expect![[r#"
        $ aws ec2 describe-instances help
        NAME
               describe-instances - Shows instances.

        SYNOPSIS
               describe-instances
                 [--instance-ids <value>]
                 [--include-managed-resources | --no-include-managed-resources]
                 [--dry-run | --no-dry-run]
                 [--filters <value>]
                 [--starting-token <value>]
                 [--page-size <value>]
                 [--max-items <value>]
                 [--cli-input-json <value>]
                 [--generate-cli-skeleton <value>]

        OPTIONS
               --instance-ids (list)
                   Several words, with spaces between them.
               --include-managed-resources (boolean)
               --dry-run (boolean)
               --filters (list)
                   Shorthand: Name=string,Values=[string] …
               --starting-token (string)
                   The NextToken of an earlier answer.
               --page-size (integer)
                   How many items to ask for with each call.
               --max-items (integer)
                   How many items to print, over all pages.
               --cli-input-json (string)
                   All parameters as JSON, or file://…; a flag wins over it.
               --generate-cli-skeleton (string)
                   Prints the shape of the input, or of the output.
    "#]],
    );
    check(
        "aws ecs wait tasks-running help",
        expect![[r#"
            $ aws ecs wait tasks-running help
            NAME
                   tasks-running - Asks describe-tasks every 6 seconds of virtual time, 100 times at most, until it is so.

            SYNOPSIS
                   tasks-running
                     [--cluster <value>]
                     --tasks <value>
                     [--include <value>]
                     [--cli-input-json <value>]
                     [--generate-cli-skeleton <value>]

            OPTIONS
                   --cluster (string)
                   --tasks (list)
                       Several words, with spaces between them.
                   --include (list)
                       One of: TAGS
                   --cli-input-json (string)
                       All parameters as JSON, or file://…; a flag wins over it.
                   --generate-cli-skeleton (string)
                       Prints the shape of the input, or of the output.
        "#]],
    );
    check(
        "aws ecr get-login-password help",
        expect![[r#"
        $ aws ecr get-login-password help
        NAME
               get-login-password - Prints the password with which `docker login` is called.
    "#]],
    );
    check(
        "help",
        expect![[r#"
            $ help
            aws      Calls AWS, as AWS CLI v2 does. `aws help` lists the services.
            wait     Lets virtual time pass: `wait 90s`.
            settle   Lets time pass until nothing is going on any more, 10 minutes at most: `settle 30m`.
            fault    Breaks or mends something. `fault` alone lists what.
            traffic  Sends requests to a load balancer: `traffic web 50` is 50 a second.
            curl     Sends one request: `curl http://<DNS name of a load balancer>/`.
            inside   Runs `aws` in a container: `inside web aws s3api list-buckets`.
            docker   Builds, pushes and pulls images. `docker` alone lists what it can.
            bill     Shows what the account costs an hour, and has cost so far.
            ls       Lists the files that `file://` finds.
            cat      Shows a file: `cat task.json`.
            help     Lists these words.
        "#]],
    );
}
