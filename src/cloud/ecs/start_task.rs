//! StartTask: tasks on container instances that the caller chose.
use std::sync::Arc;

use serde_json::{Value, json};

use super::instance::HostStatus;
use super::placement::{self, Seeker, Wishes};
use super::run_task::{answer, check_room, read_request};
use super::task::LaunchType;
use super::task_life::{self, NewTask};
use super::{instances, names, task_def};
use crate::cloud::action::Ctx;
use crate::cloud::error::ApiError;
use crate::cloud::limits;
use crate::cloud::map::Set;
use crate::cloud::params::Params;

pub(super) fn start(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let cluster = names::active_cluster(cx.account, params)?;
    let definition = task_def::to_run(cx.account, params.required("taskDefinition"))?;
    let asked = params.list("containerInstances").len();
    if !(1..=limits::INSTANCES_PER_START).contains(&asked) {
        return Err(ApiError::invalid("Container instances must have between 1 and 10 elements."));
    }
    let request = Arc::new(read_request(cx, params, &definition, LaunchType::Ec2)?);
    let needs = Arc::new(definition.needs(Params::new(&request.overrides)));
    check_room(cx, i64::try_from(asked).unwrap_or(i64::MAX))?;
    let (found, mut failures) = instances::look_up(cx, cluster, params)?;
    let zones = request.network.as_ref().map_or_else(Set::new, |one| one.zones(cx.account));
    let wishes = Wishes::default();
    let mut tasks = Vec::new();
    for id in found {
        let Some(host) = cx.account.container_instances.get(id) else { continue };
        let (arn, inactive) = (host.arn(), host.status == HostStatus::Inactive);
        let seeker = Seeker {
            cluster,
            definition: &definition,
            needs: &needs,
            group: &request.group,
            wishes: &wishes,
            zones: &zones,
            provider: None,
        };
        let verdict = placement::judge(id, host, seeker);
        let refusal = if inactive { Some("INACTIVE") } else { verdict.reason() };
        if let Some(reason) = refusal {
            failures.push(json!({ "arn": arn, "reason": reason }));
            continue;
        }
        let new = NewTask {
            cluster,
            definition: Arc::clone(&definition),
            launch: LaunchType::Ec2,
            request: Arc::clone(&request),
            needs: Arc::clone(&needs),
            instance: Some(id),
            placement: None,
            waits: None,
            owner: None,
            zone: None,
        };
        tasks.extend(task_life::launch(cx, new));
    }
    Ok(answer(cx.account, &tasks, failures))
}
