//! Whole values, ready made from what the account holds: networks for tasks, containers, scripts for hosts.

use serde_json::{Value, json};

use super::super::rows::Read;
use super::stock::{Offer, Stock, plain};
use crate::cloud::base64;

/// Values for a member that are made of several parts.
pub(super) fn presets(member: &str, stock: &Stock<'_>) -> Vec<Offer> {
    match member {
        "networkConfiguration" => networks(stock),
        "containerDefinitions" => containers(),
        "UserData" => scripts(stock),
        _ => Vec::new(),
    }
}

/// Subnets of one sort with the default security group.
#[inline(never)]
fn networks(stock: &Stock<'_>) -> Vec<Offer> {
    let subnets = |public: bool| -> Vec<&str> {
        let rows = stock.rows.get("subnet").iter();
        rows.filter(|row| row.json.flag("MapPublicIpOnLaunch") == public)
            .map(|row| row.json.text("SubnetId"))
            .collect()
    };
    let groups: Vec<&str> = stock
        .rows
        .get("security-group")
        .iter()
        .filter(|row| row.json.text("GroupName") == "default")
        .map(|row| row.json.text("GroupId"))
        .collect();
    let sorts = [
        ("public subnets, with an address on the internet", subnets(true), "ENABLED"),
        ("public subnets, without a public address", subnets(true), "DISABLED"),
        ("private subnets", subnets(false), "DISABLED"),
    ];
    let sorts = sorts.into_iter().filter(|(_, subnets, _)| !subnets.is_empty());
    sorts
        .map(|(label, subnets, public)| Offer {
            label: label.to_owned(),
            ..plain(json!({ "awsvpcConfiguration": {
                "subnets": subnets, "securityGroups": groups, "assignPublicIp": public,
            } }))
        })
        .collect()
}

/// One container each, to be changed where the step wants something else.
#[inline(never)]
fn containers() -> Vec<Offer> {
    let web = |label: &str, port: Value| Offer {
        label: label.to_owned(),
        ..plain(
            json!([{ "name": "web", "image": "nginx", "memory": 128, "essential": true, "portMappings": [port] }]),
        )
    };
    let sleep = json!([{ "name": "worker", "image": "busybox", "memory": 64, "command": ["sleep", "600"] }]);
    vec![
        web("nginx on container port 80", json!({ "containerPort": 80 })),
        web("nginx on host port 80", json!({ "containerPort": 80, "hostPort": 80 })),
        Offer { label: "busybox that sleeps".to_owned(), ..plain(sleep) },
    ]
}

/// What makes an instance with the ECS agent join a cluster.
#[inline(never)]
fn scripts(stock: &Stock<'_>) -> Vec<Offer> {
    let clusters = stock.rows.get("cluster").iter().map(|row| row.json.text("clusterName"));
    clusters
        .map(|cluster| {
            let script =
                format!("#!/bin/bash\necho ECS_CLUSTER={cluster} >> /etc/ecs/ecs.config\n");
            let label = format!("joins {cluster}");
            Offer { label, ..plain(Value::from(base64::encode(script))) }
        })
        .collect()
}
