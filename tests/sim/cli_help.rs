//! Help pages, words that were mistyped, faults, files, completion.

use drydock::cli::complete;
use drydock::cloud::Cloud;
use drydock::cloud::account::Start;
use expect_test::{Expect, expect};

use crate::cli_support::check;
use crate::played::play;

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

#[test]
fn mistyped() {
    check(
        "aws ecss list-clusters",
        expect![[r#"
            $ aws ecss list-clusters

            <usage>

            aws: error: argument command: Invalid choice, valid choices are:

            application-autoscaling                  | apprunner                               
            autoscaling                              | cloudtrail                              
            cloudwatch                               | dynamodb                                
            ec2                                      | ecr                                     
            ecs                                      | eks                                     
            elbv2                                    | iam                                     
            logs                                     | s3api                                   
            secretsmanager                           | sts                                     
            s3                                       | help                                    


            Invalid choice: 'ecss', maybe you meant:

              * ecs

            Of all that AWS has, this terminal knows what stands in the list above.
            [252]
        "#]],
    );
    check(
        "aws lambda list-functions",
        expect![[r#"
            $ aws lambda list-functions

            <usage>

            aws: error: argument command: Invalid choice, valid choices are:

            application-autoscaling                  | apprunner                               
            autoscaling                              | cloudtrail                              
            cloudwatch                               | dynamodb                                
            ec2                                      | ecr                                     
            ecs                                      | eks                                     
            elbv2                                    | iam                                     
            logs                                     | s3api                                   
            secretsmanager                           | sts                                     
            s3                                       | help                                    

            Of all that AWS has, this terminal knows what stands in the list above.
            [252]
        "#]],
    );
    check(
        "aws sts get-caller-identty",
        expect![[r#"
        $ aws sts get-caller-identty

        <usage>

        aws: error: argument operation: Invalid choice, valid choices are:

        assume-role                              | get-caller-identity                     
        help                                    


        Invalid choice: 'get-caller-identty', maybe you meant:

          * get-caller-identity

        Of all that AWS has, this terminal knows what stands in the list above.
        [252]
    "#]],
    );
    check(
        "aws sts get-session-token",
        expect![[r#"
        $ aws sts get-session-token

        <usage>

        aws: error: argument operation: Invalid choice, valid choices are:

        assume-role                              | get-caller-identity                     
        help                                    

        Of all that AWS has, this terminal knows what stands in the list above.
        [252]
    "#]],
    );
    check(
        "aws ecs run-task --task-definitio-n web",
        expect![[r#"
        $ aws ecs run-task --task-definitio-n web

        <usage>

        aws: error: the following arguments are required: --task-definition

        [252]
    "#]],
    );
    check(
        "aws ecs describe-tasks --tasks a --cluter quay",
        expect![[r#"
        $ aws ecs describe-tasks --tasks a --cluter quay

        <usage>

        Unknown options: --cluter, quay

        Maybe you meant: --cluster
        [252]
    "#]],
    );
}

#[test]
fn faults() {
    check(
        "fault",
        expect![[r#"
            $ fault
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
        "#]],
    );
    check(
        "fault block-registry\nfault unblock-registry\nfault '{\"blockRegistry\":true}'",
        expect![[r#"
        $ fault block-registry
        $ fault unblock-registry
        $ fault '{"blockRegistry":true}'
    "#]],
    );
    check(
        "fault stop-instance i-0",
        expect![[r#"
        $ fault stop-instance i-0
        Invalid id: "i-0"
        [1]
    "#]],
    );
    check(
        "fault stop-instance\nfault app t\nfault app t dance\nfault storm\nfault '{'",
        expect![[r#"
            $ fault stop-instance
            usage: fault stop-instance <instance>
            [2]
            $ fault app t
            usage: fault app <task> <behaviour>
            [2]
            $ fault app t dance
            usage: fault app <task> <behaviour>
            [2]
            $ fault storm
            There is no fault `storm`.
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
            $ fault '{'
            This is no fault. `fault` lists them.
            [2]
        "#]],
    );
    check(
        "traffic web\ntraffic web many",
        expect![[r#"
            $ traffic web
            usage: traffic <load balancer> <requests per second> [path] [host]
            [2]
            $ traffic web many
            usage: traffic <load balancer> <requests per second> [path] [host]
            [2]
        "#]],
    );
}

#[test]
fn files() {
    check(
        "ls\ncat user-data.sh\ncat none",
        expect![[r#"
            $ ls
            Dockerfile
            Dockerfile.old
            ec2-trust.json
            ecs-tasks-trust.json
            fargate-task.json
            task.json
            user-data.sh
            $ cat user-data.sh
            #!/bin/bash
            echo ECS_CLUSTER=default >> /etc/ecs/ecs.config
            $ cat none
            cat: none: No such file or directory
            [1]
        "#]],
    );
    check(
        "aws ecs register-task-definition --cli-input-json file://task.json --query taskDefinition.taskDefinitionArn",
        expect![[r#"
        $ aws ecs register-task-definition --cli-input-json file://task.json --query taskDefinition.taskDefinitionArn
        "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1"
    "#]],
    );
}

fn completions(setup: &str, text: &str, expected: Expect) {
    let mut cloud = Cloud::new(1, Start::DefaultVpc);
    for line in setup.lines() {
        play(&mut cloud, line);
    }
    let lines: Vec<String> = complete(&cloud, text)
        .iter()
        .take(12)
        .map(|found| format!("{}{} | {}\n", &text[..found.replace_from], found.text, found.note))
        .collect();
    expected.assert_eq(&lines.concat());
}

#[test]
fn completion_of_words() {
    completions(
        "",
        "",
        expect![[r#"
            aws | Calls AWS, as AWS CLI v2 does. `aws help` lists the services.
            wait | Lets virtual time pass: `wait 90s`.
            settle | Lets time pass until nothing is going on any more, 10 minutes at most: `settle 30m`.
            fault | Breaks or mends something. `fault` alone lists what.
            traffic | Sends requests to a load balancer: `traffic web 50` is 50 a second.
            curl | Sends one request: `curl http://<DNS name of a load balancer>/`.
            inside | Runs `aws` in a container: `inside web aws s3api list-buckets`.
            docker | Builds, pushes and pulls images. `docker` alone lists what it can.
            bill | Shows what the account costs an hour, and has cost so far.
            ls | Lists the files that `file://` finds.
            cat | Shows a file: `cat task.json`.
            help | Lists these words.
        "#]],
    );
    completions(
        "",
        "a",
        expect![[r#"
        aws | Calls AWS, as AWS CLI v2 does. `aws help` lists the services.
    "#]],
    );
    completions(
        "",
        "aws e",
        expect![[r#"
        aws ec2 | Virtual machines, and the networks they are in.
        aws ecr | Keeps container images.
        aws ecs | Runs containers: as single tasks, and as services that keep them running.
        aws eks | Runs Kubernetes.
        aws elbv2 | Load balancers: they pass requests on to targets.
    "#]],
    );
    completions(
        "",
        "aws ecs run",
        expect![[r#"
        aws ecs run-task | Starts tasks that belong to no service, where ECS finds a place for them.
    "#]],
    );
    completions(
        "",
        "aws ecs run-task ",
        expect![[r#"
        aws ecs run-task --task-definition | needed
        aws ecs run-task help | 
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --cl",
        expect![[r#"
        aws ecs run-task --cluster | 
        aws ecs run-task --client-token | 
        aws ecs run-task --cli-input-json | 
        aws ecs run-task --cli-read-timeout | Accepted without effect.
        aws ecs run-task --cli-connect-timeout | Accepted without effect.
        aws ecs run-task --cli-binary-format | How bytes are given: base64 or raw-in-base64-out.
        aws ecs run-task --cli-auto-prompt | Accepted without effect.
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --task-definition web --launch-type ",
        expect![[r#"
        aws ecs run-task --task-definition web --launch-type EC2 | 
        aws ecs run-task --task-definition web --launch-type FARGATE | 
        aws ecs run-task --task-definition web --launch-type EXTERNAL | 
        aws ecs run-task --task-definition web --launch-type MANAGED_INSTANCES | 
    "#]],
    );
    completions(
        "",
        "aws --output ",
        expect![[r#"
        aws --output json | 
        aws --output text | 
        aws --output table | 
        aws --output yaml | 
        aws --output yaml-stream | 
    "#]],
    );
    completions(
        "",
        "aws ecs list-clusters --output t",
        expect![[r#"
        aws ecs list-clusters --output text | 
        aws ecs list-clusters --output table | 
    "#]],
    );
    completions(
        "",
        "aws ecs wait ",
        expect![[r#"
        aws ecs wait services-inactive | 
        aws ecs wait services-stable | 
        aws ecs wait tasks-running | 
        aws ecs wait tasks-stopped | 
    "#]],
    );
    completions(
        "",
        "aws ecs wait tasks-running --",
        expect![[r#"
        aws ecs wait tasks-running --tasks | needed
        aws ecs wait tasks-running --cluster | 
        aws ecs wait tasks-running --include | 
        aws ecs wait tasks-running --cli-input-json | 
        aws ecs wait tasks-running --generate-cli-skeleton | 
        aws ecs wait tasks-running --debug | Accepted; there is nothing to debug here.
        aws ecs wait tasks-running --endpoint-url | Refused: the simulated account has no other address.
        aws ecs wait tasks-running --no-verify-ssl | Accepted without effect.
        aws ecs wait tasks-running --no-paginate | Asks for one page only.
        aws ecs wait tasks-running --output | How to print: json, text, table, yaml or yaml-stream.
        aws ecs wait tasks-running --query | A JMESPath expression that picks out of the answer.
        aws ecs wait tasks-running --profile | Only `default` exists.
    "#]],
    );
    completions(
        "",
        "fault ",
        expect![[r#"
            fault stop-instance | An EC2 instance stops, as if its hardware had failed.
            fault lose-zone | An Availability Zone fails.
            fault restore-zone | A failed Availability Zone works again.
            fault disconnect-agent | The ECS agent of an instance loses its connection.
            fault connect-agent | The ECS agent of an instance is connected again.
            fault block-registry | No image can be pulled.
            fault unblock-registry | Images can be pulled again.
            fault app | A task's application does one of: crash, exit, slow, leak, unhealthy, recover.
            fault load | What the tasks of a service use now, in percent.
            fault traffic | Clients send requests to a load balancer; 0 a second ends it.
            fault interrupt-spot | Spot capacity is taken back: a task has two minutes left.
        "#]],
    );
    completions(
        "",
        "fault app x ",
        expect![[r#"
        fault app x crash | 
        fault app x exit | 
        fault app x slow | 
        fault app x leak | 
        fault app x unhealthy | 
        fault app x recover | 
    "#]],
    );
    completions(
        "",
        "fault lose-zone us",
        expect![[r#"
        fault lose-zone us-east-1a | 
        fault lose-zone us-east-1b | 
        fault lose-zone us-east-1c | 
    "#]],
    );
    completions(
        "",
        "cat u",
        expect![[r#"
        cat user-data.sh | 
    "#]],
    );
    completions(
        "",
        "aws iam create-role --assume-role-policy-document f",
        expect![[r#"
            aws iam create-role --assume-role-policy-document file://Dockerfile | 
            aws iam create-role --assume-role-policy-document file://Dockerfile.old | 
            aws iam create-role --assume-role-policy-document file://ec2-trust.json | 
            aws iam create-role --assume-role-policy-document file://ecs-tasks-trust.json | 
            aws iam create-role --assume-role-policy-document file://fargate-task.json | 
            aws iam create-role --assume-role-policy-document file://task.json | 
            aws iam create-role --assume-role-policy-document file://user-data.sh | 
        "#]],
    );
    completions("", "aws ecs 'open", expect![""]);
    completions("", "nothing ", expect![""]);
}

#[test]
fn completion_of_names() {
    let quay =
        "aws ecs create-cluster --cluster-name quay\naws ecs create-cluster --cluster-name dock";
    completions(
        quay,
        "aws ecs list-tasks --cluster ",
        expect![[r#"
        aws ecs list-tasks --cluster quay | ACTIVE
        aws ecs list-tasks --cluster dock | ACTIVE
    "#]],
    );
    completions(
        quay,
        "aws ecs list-tasks --cluster q",
        expect![[r#"
        aws ecs list-tasks --cluster quay | ACTIVE
    "#]],
    );
    completions(
        quay,
        "aws ecs describe-clusters --clusters dock ",
        expect![[r#"
            aws ecs describe-clusters --clusters dock quay | ACTIVE
        "#]],
    );
    let web = "aws ecs register-task-definition --family web --container-definitions name=web,image=nginx,memory=64";
    completions(
        web,
        "aws ecs run-task --task-definition ",
        expect![[r#"
        aws ecs run-task --task-definition web:1 | ACTIVE
    "#]],
    );
    completions(
        "",
        "aws ec2 describe-subnets --subnet-ids ",
        expect![[r#"
        aws ec2 describe-subnets --subnet-ids subnet-0a1a1a1a1a1a1a1a1 | available
        aws ec2 describe-subnets --subnet-ids subnet-0a2a2a2a2a2a2a2a2 | available
        aws ec2 describe-subnets --subnet-ids subnet-0b1b1b1b1b1b1b1b1 | available
        aws ec2 describe-subnets --subnet-ids subnet-0b2b2b2b2b2b2b2b2 | available
        aws ec2 describe-subnets --subnet-ids subnet-0c1c1c1c1c1c1c1c1 | available
        aws ec2 describe-subnets --subnet-ids subnet-0c2c2c2c2c2c2c2c2 | available
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --network-configuration ",
        expect![[r#"
        aws ecs run-task --network-configuration awsvpcConfiguration= | 
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[",
        expect![[r#"
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0a1a1a1a1a1a1a1a1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0a2a2a2a2a2a2a2a2 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0b1b1b1b1b1b1b1b1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0b2b2b2b2b2b2b2b2 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0c1c1c1c1c1c1c1c1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-0c2c2c2c2c2c2c2c2 | available
    "#]],
    );
    completions(
        "",
        "aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,",
        expect![[r#"
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0a1a1a1a1a1a1a1a1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0a2a2a2a2a2a2a2a2 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0b1b1b1b1b1b1b1b1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0b2b2b2b2b2b2b2b2 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0c1c1c1c1c1c1c1c1 | available
        aws ecs run-task --network-configuration awsvpcConfiguration={subnets=[subnet-1,subnet-0c2c2c2c2c2c2c2c2 | available
    "#]],
    );
    completions(
        "",
        "aws ecs register-task-definition --execution-role-arn ",
        expect![[r#"
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/ecsTaskExecutionRole | 
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/ecsInstanceRole | 
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS | 
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling | 
        aws ecs register-task-definition --execution-role-arn arn:aws:iam::111122223333:role/aws-service-role/elasticloadbalancing.amazonaws.com/AWSServiceRoleForElasticLoadBalancing | 
    "#]],
    );
    completions(
        "",
        "aws iam get-role --role-name ecs",
        expect![[r#"
        aws iam get-role --role-name ecsTaskExecutionRole | 
        aws iam get-role --role-name ecsInstanceRole | 
    "#]],
    );
}
