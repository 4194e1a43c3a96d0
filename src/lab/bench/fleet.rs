//! The accounts that are measured: so many tasks, on Fargate or on so many instances.

use std::fmt;
use std::io;
use std::sync::Arc;

use serde_json::{Value, json};

use crate::cloud::Cloud;
use crate::cloud::account::Start;
use crate::cloud::compute::ami;
use crate::cloud::input::{Call, Input, Principal};
use crate::cloud::net::start::PUBLIC;
use crate::cloud::time::HOUR;

/// Tasks and what they run on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fleet {
    /// Tasks.
    pub(super) tasks: u32,
    /// On Fargate, not on instances.
    pub(super) fargate: bool,
    hosts: u32,
    kind: &'static str,
}

/// The sizes. The machines are just large enough.
pub(super) const FLEETS: [Fleet; 3] = [
    Fleet { tasks: 100, fargate: false, hosts: 1, kind: "m5.4xlarge" },
    Fleet { tasks: 1_000, fargate: false, hosts: 100, kind: "t2.micro" },
    Fleet { tasks: 5_000, fargate: false, hosts: 500, kind: "t2.micro" },
];

impl fmt::Display for Fleet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.fargate {
            return write!(f, "{} tasks on Fargate", self.tasks);
        }
        let s = if self.hosts == 1 { "" } else { "s" };
        write!(f, "{} tasks on {} instance{s}", self.tasks, self.hosts)
    }
}

/// How the two are told apart.
pub(super) fn word(fargate: bool) -> &'static str {
    if fargate { "Fargate" } else { "instances" }
}

impl Fleet {
    /// The same number of tasks, on Fargate or on instances.
    pub(super) fn on(self, fargate: bool) -> Self {
        Self { fargate, ..self }
    }

    /// An account with the cluster `dock`, its instances and the family `web`.
    pub(super) fn account(self) -> io::Result<Cloud> {
        let mut cloud = Cloud::new(7, Start::DefaultVpc);
        call(&mut cloud, "ecs", "CreateCluster", json!({ "clusterName": "dock" }))?;
        call(&mut cloud, "ecs", "RegisterTaskDefinition", self.definition())?;
        let hosts = if self.fargate { 0 } else { self.hosts };
        for (host, subnet) in (0..hosts).zip(PUBLIC.iter().cycle()) {
            let request = json!({
                "ImageId": ami::ECS_AL2023,
                "InstanceType": self.kind,
                "MinCount": 1,
                "MaxCount": 1,
                "SubnetId": subnet,
                "IamInstanceProfile": { "Name": "ecsInstanceRole" },
                "UserData": "#!/bin/bash\necho ECS_CLUSTER=dock >> /etc/ecs/ecs.config\n",
                "ClientToken": host.to_string(),
            });
            call(&mut cloud, "ec2", "RunInstances", request)?;
        }
        cloud.settle(HOUR, &mut |_| {});
        Ok(cloud)
    }

    fn definition(self) -> Value {
        let container = json!({ "name": "web", "image": "nginx", "cpu": 64, "memory": 64 });
        if !self.fargate {
            return json!({ "family": "web", "containerDefinitions": [container] });
        }
        json!({
            "family": "web",
            "networkMode": "awsvpc",
            "requiresCompatibilities": ["FARGATE"],
            "cpu": "256",
            "memory": "512",
            "containerDefinitions": [container],
        })
    }

    /// RunTask of one task.
    pub(super) fn task(self) -> Value {
        if !self.fargate {
            return json!({ "cluster": "dock", "taskDefinition": "web", "launchType": "EC2" });
        }
        json!({
            "cluster": "dock",
            "taskDefinition": "web",
            "launchType": "FARGATE",
            "networkConfiguration": { "awsvpcConfiguration": {
                "subnets": PUBLIC, "assignPublicIp": "ENABLED",
            } },
        })
    }

    /// CreateService of all tasks.
    pub(super) fn service(self) -> Value {
        let mut request = self.task();
        if let Some(members) = request.as_object_mut() {
            members.insert("serviceName".to_owned(), json!("web"));
            members.insert("desiredCount".to_owned(), json!(self.tasks));
        }
        request
    }
}

/// A call of the administrator that works.
pub(super) fn call(
    cloud: &mut Cloud,
    service: &str,
    operation: &str,
    input: Value,
) -> io::Result<Arc<Value>> {
    apply(cloud, &request(service, operation, input))
}

/// A call of the administrator.
pub(super) fn request(service: &str, operation: &str, input: Value) -> Input {
    Input::Call { by: Principal::administrator(), call: Call::new(service, operation, input) }
}

/// A call that works.
pub(super) fn apply(cloud: &mut Cloud, call: &Input) -> io::Result<Arc<Value>> {
    let outcome = cloud.apply(call);
    outcome.into_reply().map_err(|error| io::Error::other(error.to_string()))
}
