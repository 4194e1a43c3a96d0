//! What the terminal has beside AWS's own commands: faults and files.

use expect_test::expect;

use crate::cli_support::check;

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
